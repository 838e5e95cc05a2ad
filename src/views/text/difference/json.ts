import type { Changed, Replaced } from '../../../model/report/difference.ts';
import { type Row, schemaVersion } from '../../../model/report/snapshot.ts';
import { jsonText, rowTextOf } from '../../../text/json-text.ts';
import { boundedCommandLines } from '../bounded-command-lines.ts';
import { chunks } from '../chunks.ts';
import type { ComparedSide, DifferenceReport } from './difference-view.ts';

/**
 * One document, described by `#/$defs/difference` of schema/tsnetstat.schema.json, with each difference on a line
 * of its own. Written even if nothing differs.
 */
export function* differenceJson({
  difference,
  before,
  after,
}: DifferenceReport): Generator<string> {
  const { report, added, removed, changed, replaced, notCompared } = difference;
  const [textOf, bounded] = [rowTextOf(report), boundedCommandLines()];
  const rowText = (row: Row) => textOf(bounded(row));
  const pair = (both: Replaced<Row>) =>
    `"before":${rowText(both.before)},"after":${rowText(both.after)}}`;
  const changeText = (one: Changed<Row>) =>
    `{"fields":${jsonText(one.fields)},${pair(one as Replaced<Row>)}`;
  const head = { schemaVersion, report, before: sideOf(before), after: sideOf(after) };
  yield `${jsonText(head).slice(0, -1)},\n`;
  yield* list('added', added, rowText);
  yield* list('removed', removed, rowText);
  yield* list('changed', changed as readonly Changed<Row>[], changeText);
  yield* list('replaced', replaced as readonly Replaced<Row>[], (one) => `{${pair(one)}`);
  yield `"notCompared":${jsonText(notCompared)}}\n`;
}

function sideOf({ platform, takenAt, host, warnings }: ComparedSide) {
  return { platform, takenAt, host, warnings };
}

function* list<T>(name: string, all: readonly T[], textOf: (one: T) => string): Generator<string> {
  if (all.length === 0) {
    yield `"${name}":[],\n`;
    return;
  }
  yield `"${name}":[\n`;
  let line = '';
  yield* chunks(all, (one) => {
    const before = line === '' ? '' : `${line},\n`;
    line = textOf(one);
    return before;
  });
  yield `${line}\n],\n`;
}
