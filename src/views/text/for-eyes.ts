import type { Scene } from '../../attributes/attribute.ts';
import { minorRows } from '../../attributes/index.ts';
import type { Request } from '../../model/request.ts';
import type { Row } from '../../model/snapshot.ts';
import type { FormatContext, ReportStream } from './formatter.ts';

/** The rows that a table for people shows: without -a some are left out, as netstat does. */
export async function* rowsForEyes(
  { kind, batches }: ReportStream,
  { which }: Request,
): AsyncGenerator<readonly Row[]> {
  const isMinor = which === 'all' ? null : minorRows(kind);
  for await (const rows of batches as AsyncIterable<readonly Row[]>) {
    yield isMinor === null ? rows : rows.filter((row) => !isMinor(row));
  }
}

/** What the cells of one report may depend on. */
export function sceneOf(report: ReportStream, context: FormatContext): Scene {
  return { takenAt: report.takenAt, names: context.names, previous: context.previous };
}
