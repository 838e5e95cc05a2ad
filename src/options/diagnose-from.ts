import type { DiagnoseRequest } from '../model/report/diagnosis.ts';
import type { Listing } from '../model/request/listing.ts';
import { choiceOf, type GivenFlags } from './given-flags.ts';
import { listingOfAll } from './listing-from.ts';
import { refuse, refuseAlone, refusedBy } from './refusals.ts';

/**
 * The listing for `--diagnose`: which sockets to check, and how findings are shown.
 * @throws NetstatError `usage`
 */
export function diagnoseListing(flags: GivenFlags): Listing {
  refuse(flags, '--diagnose', refusedBy.diagnose);
  return listingOfAll(flags);
}

/** Refuses flags that require --diagnose. @throws NetstatError `usage` */
export function refuseWithoutDiagnose(flags: GivenFlags): void {
  refuseAlone(flags, ['severity'], '--diagnose');
}

/** Which checks to run, and what to report of them. */
export function diagnoseRequest(flags: GivenFlags): DiagnoseRequest {
  return {
    checks: flags.values('diagnose').filter((word) => word !== ''),
    ignore: flags.values('ignore').flatMap((word) => word.split(',')),
    severity: choiceOf(flags, 'severity') ?? 'note',
    earlier: flags.value('diff'),
  };
}
