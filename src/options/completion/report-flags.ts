import type { ReportKind } from '../../model/report/snapshot.ts';
import { allFlags } from '../flag-table.ts';
import { reportFlags } from '../report-from.ts';

/** A report, and the flags that select it; its letter may be part of a bundle. */
export interface ReportFlag {
  readonly report: ReportKind;
  readonly short: string;
  readonly long: string;
}

/** Every report except sockets, which no flag selects. */
export const reports: readonly ReportFlag[] = Object.entries(reportFlags).map(([long, report]) => {
  const flag = allFlags.find((known) => known.long === long);
  return { report, long, short: flag?.short ?? '' };
});
