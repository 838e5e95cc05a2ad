import { type Row, schemaVersion } from '../../model/report/snapshot.ts';
import { isForPrograms } from '../../model/request/view.ts';
import { jsonText } from '../../text/json-text.ts';
import { chunks } from './chunks.ts';
import { recordTextOf } from './record-text.ts';
import { needsOfRecords } from './shown-needs.ts';
import { slices } from './slices.ts';
import type { ReportStream, TextView, ViewContext } from './text-view.ts';

/**
 * One JSON document, described by schema/tsnetstat.schema.json: `{schemaVersion, platform, takenAt,
 * sockets|routes|…: [the model's rows], warnings}`. Each row and each warning is on a line of its own: that suits
 * grep, and only a chunk of rows is in memory. With `-c` there is one document a round. `--save` writes `asked`
 * too.
 */
export async function* json(report: ReportStream, context: ViewContext): AsyncGenerator<string> {
  const { platform, takenAt, kind, asked } = report;
  // Held back until it is known whether a comma follows.
  let line = jsonText({ schemaVersion, platform, takenAt, asked, [kind]: [] }).slice(
    0,
    -']}'.length,
  );
  const rowText = recordTextOf(kind, context);
  let end = '\n';
  const lineBefore = (row: Row) => {
    const before = line + end;
    line = rowText(row);
    end = ',\n';
    return before;
  };
  for await (const rows of slices<Row>(report.batches)) yield* chunks(rows, lineBefore);
  const warnings = report.warnings.map((warning) => `\n${jsonText(warning)}`).join(',');
  yield `${line}\n],"warnings":[${warnings}${warnings && '\n'}]}\n`;
}

/** `--format json` */
export const jsonView: TextView = {
  format: json,
  forPrograms: isForPrograms('json'),
  hasEnd: true,
  needs: needsOfRecords,
};
