import type { DiagnoseRequest, Severity } from '../model/diagnosis.ts';
import type { Listing } from '../model/listing.ts';
import type { GivenFlags } from './given-flags.ts';
import { listingFrom } from './listing-from.ts';
import { usageError } from './usage.ts';

/**
 * Flags that --diagnose refuses: findings are not rows, so options for showing rows or repeating them do not apply.
 */
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
 * The listing for `--diagnose`: which sockets to check, all unless -l asks for servers only, and how findings are
 * shown.
 * @throws NetstatError `usage`
 */
export function diagnoseListing(flags: GivenFlags): Listing {
  const other = others.find((name) => flags.has(name));
  if (other !== undefined) throw usageError(`--diagnose cannot be used with --${other}`);
  const listing = listingFrom(flags);
  const { query } = listing;
  const which = query.which === 'listening' ? 'listening' : 'all';
  return { ...listing, query: { ...query, which } };
}

/** Refuses flags that require --diagnose. @throws NetstatError `usage` */
export function refuseWithoutDiagnose(flags: GivenFlags): void {
  if (flags.has('severity')) throw usageError('--severity requires --diagnose');
}

/** Which checks to run, and what to report of them. */
export function diagnoseRequest(flags: GivenFlags): DiagnoseRequest {
  return {
    checks: flags.values('diagnose').filter((word) => word !== ''),
    ignore: flags.values('ignore').flatMap((word) => word.split(',')),
    severity: (flags.value('severity') as Severity | null) ?? 'note',
    earlier: flags.value('diff'),
  };
}
