import { type Row, schemaVersion } from '../../../model/report/snapshot.ts';
import { jsonText, rowTextOf } from '../../../text/json-text.ts';
import { boundedCommandLines } from '../bounded-command-lines.ts';
import { chunks } from '../chunks.ts';
import type { DifferenceReport } from './difference-view.ts';
import { eachDifference } from './each.ts';

/** One object a line for each difference, described by `#/$defs/differenceLine`; empty if nothing differs. */
export function* differenceNdjson({ difference, after }: DifferenceReport): Generator<string> {
  const { report } = difference;
  const { platform, takenAt, host } = after;
  const [textOf, bounded] = [rowTextOf(report), boundedCommandLines()];
  const rowText = (row: Row) => textOf(bounded(row));
  yield* chunks(eachDifference(difference), ({ kind, fields, before, after: now }) => {
    const head = { schemaVersion, platform, report, takenAt, host, change: kind, fields };
    const [old, fresh] = [before, now].map((row) => (row === null ? 'null' : rowText(row)));
    return `${jsonText(head).slice(0, -1)},"before":${old},"after":${fresh}}\n`;
  });
}
