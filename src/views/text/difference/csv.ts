import type { ReportKind, Row } from '../../../model/report/snapshot.ts';
import { boundedCommandLines } from '../bounded-command-lines.ts';
import { chunks } from '../chunks.ts';
import { csvCell, csvColumns, csvLineEnd, lineOf } from '../csv.ts';
import type { ViewContext } from '../text-view.ts';
import type { ComparedSide, DifferenceReport } from './difference-view.ts';
import { eachDifference } from './each.ts';

/**
 * Rows as in `--format csv`, after two columns: `change` (`removed`, `added`, `changed`, `replaced`; a row that
 * changed or was replaced has a line for its old state before the new one: `changed-from`, `replaced-from`) and
 * `fields`, the ones that differ. `taken` is when the row's side was read.
 */
export function* differenceCsv(
  { difference, before: then, after }: DifferenceReport,
  context: ViewContext,
): Generator<string> {
  const report: ReportKind = difference.report;
  const columns = csvColumns(report, context);
  if (context.view.header) {
    yield `change,fields,${columns.map(({ key }) => key).join(',')}${csvLineEnd}`;
  }
  const bounded = boundedCommandLines();
  const line = (change: string, fields: readonly string[], row: Row, { takenAt }: ComparedSide) => {
    const cells = { takenAt, names: context.names, previous: null };
    return `${change},${csvCell(fields)},${lineOf(columns, bounded(row), cells)}${csvLineEnd}`;
  };
  yield* chunks(eachDifference(difference), ({ kind, fields, before, after: now }) => {
    const names = fields.map(({ field }) => field);
    if (before === null) return line(kind, names, now as Row, after);
    if (now === null) return line(kind, names, before, then);
    return line(`${kind}-from`, names, before, then) + line(kind, names, now, after);
  });
}
