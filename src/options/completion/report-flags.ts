import type { ReportKind } from '../../model/snapshot.ts';
import { flagTable } from '../flag-table.ts';
import type { Flag } from '../flags.ts';
import { reportFlags } from '../listing-from.ts';

/** A report, and the flags that ask for it: its letter may stand in a bundle. */
export interface ReportFlag {
  readonly report: ReportKind;
  readonly short: string;
  readonly long: string;
}

/** Every report but that of sockets, which is what no flag asks for. */
export const reports: readonly ReportFlag[] = Object.entries(reportFlags).map(([long, report]) => {
  const flag = (flagTable as readonly Flag[]).find((known) => known.long === long);
  return { report, long, short: flag?.short ?? '' };
});
