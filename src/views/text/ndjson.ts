import { type Row, schemaVersion } from '../../model/report/snapshot.ts';
import { isForPrograms } from '../../model/request/view.ts';
import { jsonText } from '../../text/json-text.ts';
import { chunks } from './chunks.ts';
import { recordTextOf } from './record-text.ts';
import { needsOfRecords } from './shown-needs.ts';
import { slices } from './slices.ts';
import type { ReportStream, TextView, ViewContext } from './text-view.ts';

/**
 * One JSON object a line for each row, described by `#/$defs/line` of schema/tsnetstat.schema.json: the model's row
 * after `schemaVersion`, `platform`, `report` and `takenAt`, so that each line is complete by itself and `takenAt`
 * distinguishes the rounds of `-c`. Only rows: warnings go to standard error.
 */
export async function* ndjson(report: ReportStream, context: ViewContext): AsyncGenerator<string> {
  const { platform, takenAt, kind } = report;
  const start = `${jsonText({ schemaVersion, platform, report: kind, takenAt }).slice(0, -1)},`;
  const rowText = recordTextOf(kind, context);
  for await (const rows of slices<Row>(report.batches)) {
    yield* chunks(rows, (row) => `${start}${rowText(row).slice(1)}\n`);
  }
}

/** `--format ndjson` */
export const ndjsonView: TextView = {
  format: ndjson,
  forPrograms: isForPrograms('ndjson'),
  hasEnd: false,
  needs: needsOfRecords,
};
