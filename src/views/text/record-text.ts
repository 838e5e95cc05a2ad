import { counterRate } from '../../attributes/counter-rate.ts';
import type { Counter } from '../../model/machine/counter.ts';
import type { ReportKind, Row } from '../../model/report/snapshot.ts';
import { rowTextOf } from '../../text/json-text.ts';
import type { ViewContext } from './text-view.ts';

/** The function that writes a report's rows as JSON; with -c a counter has its `rate` too. */
export function recordTextOf(
  kind: ReportKind,
  { schedule, previous }: Pick<ViewContext, 'schedule' | 'previous'>,
): (row: Row) => string {
  const rowText = rowTextOf(kind);
  if (kind !== 'statistics' || schedule.interval === null) return rowText;
  return (row) => rowText({ ...row, rate: counterRate(row as Counter, previous) } as Counter);
}
