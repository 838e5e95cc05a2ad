import { counterRate } from '../../attributes/counter-rate.ts';
import type { Counter } from '../../model/machine/counter.ts';
import type { ReportKind, Row } from '../../model/report/snapshot.ts';
import { rowTextOf } from '../../text/json-text.ts';
import { boundedCommandLines } from './bounded-command-lines.ts';
import type { ViewContext } from './text-view.ts';

/** The function that writes the rows of a listing as JSON; with -c a counter has its `rate` too. */
export function recordTextOf(
  kind: ReportKind,
  { schedule, previous }: Pick<ViewContext, 'schedule' | 'previous'>,
): (row: Row) => string {
  const rowText = rowTextOf(kind);
  if (kind === 'sockets') {
    const bounded = boundedCommandLines();
    return (row) => rowText(bounded(row));
  }
  if (kind !== 'statistics' || schedule.interval === null) return rowText;
  return (row) => rowText({ ...row, rate: counterRate(row as Counter, previous) } as Counter);
}
