import type { CellContext } from '../../attributes/attribute.ts';
import { minorRows } from '../../attributes/index.ts';
import type { Row } from '../../model/report/snapshot.ts';
import type { Query } from '../../model/request/query.ts';
import { boundedCommandLines } from './bounded-command-lines.ts';
import type { ReportStream, ViewContext } from './text-view.ts';

/** The rows that a table for people shows, as it writes them: like netstat, without -a not all of them. */
export async function* listedRows(
  { kind, batches }: ReportStream,
  { which }: Query,
): AsyncGenerator<readonly Row[]> {
  const isMinor = which === 'all' ? null : minorRows(kind);
  const bounded = boundedCommandLines();
  for await (const rows of batches as AsyncIterable<readonly Row[]>) {
    const listed = isMinor === null ? rows : rows.filter((row) => !isMinor(row));
    yield kind === 'sockets' ? listed.map(bounded) : listed;
  }
}

/** What the cells of a report's columns depend on besides the row. */
export function cellContextOf(report: ReportStream, context: ViewContext): CellContext {
  return { takenAt: report.takenAt, names: context.names, previous: context.previous };
}
