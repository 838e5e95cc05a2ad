import type { DiagnoseRequest, Severity } from '../model/diagnosis.ts';
import type { Listing } from '../model/listing.ts';
import type { GivenFlags } from './given-flags.ts';
import { listingFrom } from './listing-from.ts';
import { usageError } from './usage.ts';

/** Findings are no rows of a table: what says how such are shown, or how often, has no meaning. */
const others = [
  ...(['route', 'interfaces', 'groups', 'statistics', 'pids', 'columns', 'sort'] as const),
  ...([
    'continuous',
    'interval',
    'wait',
    'wait-gone',
    'follow',
    'live',
    'save',
    'save-mode',
  ] as const),
];

/**
 * Which sockets `--diagnose` looks at, and how findings are shown: servers and the rest unless one of the two is
 * asked for.
 * @throws NetstatError `usage`
 */
export function diagnoseListing(flags: GivenFlags): Listing {
  const other = others.find((name) => flags.has(name));
  if (other !== undefined) throw usageError(`--diagnose does not go with --${other}`);
  const listing = listingFrom(flags);
  const { query } = listing;
  const which = query.which === 'listening' ? 'listening' : 'all';
  return { ...listing, query: { ...query, which } };
}

/** Which checks, and what of them is told. */
export function diagnoseRequest(flags: GivenFlags): DiagnoseRequest {
  return {
    checks: flags.values('diagnose').filter((word) => word !== ''),
    ignore: flags.values('ignore').flatMap((word) => word.split(',')),
    severity: (flags.value('severity') as Severity | null) ?? 'note',
    earlier: flags.value('diff'),
  };
}
