import type { Counter } from '../../model/counter.js';
import type { Request } from '../../model/request.js';
import type { PreviousRound } from '../formatter.js';
import type { Column, ReportColumns, Scene } from './column.js';

const valuesOf = new WeakMap<PreviousRound, ReadonlyMap<string, number>>();

function previousValues(round: PreviousRound): ReadonlyMap<string, number> {
  let values = valuesOf.get(round);
  if (!values) {
    const counters = round.rows as readonly Counter[];
    values = new Map(counters.map(({ group, name, value }) => [`${group} ${name}`, value]));
    valuesOf.set(round, values);
  }
  return values;
}

/** Change per second since the round before; a gauge has none, nor has a counter that began anew. */
function rate(counter: Counter, { previous, takenAt }: Scene): string {
  if (previous === null || counter.kind === 'gauge') return '';
  const before = previousValues(previous).get(`${counter.group} ${counter.name}`);
  const seconds = (Date.parse(takenAt) - Date.parse(previous.takenAt)) / 1000;
  if (before === undefined || before > counter.value || seconds <= 0) return '';
  return String(Math.round(((counter.value - before) / seconds) * 10) / 10);
}

const columns: readonly Column<Counter>[] = [
  { key: 'group', header: 'Group', align: 'left', width: 7, value: ({ group }) => group },
  {
    key: 'name',
    header: 'Counter',
    align: 'left',
    long: true,
    width: 20,
    tone: 'strong',
    value: ({ name }) => name,
  },
  {
    key: 'value',
    header: 'Value',
    align: 'right',
    width: 10,
    value: ({ value }) => String(value),
  },
  { key: 'rate', header: 'Per Second', align: 'right', derived: true, value: rate },
  { key: 'kind', header: 'Kind', align: 'left', tone: 'quiet', value: ({ kind }) => kind },
  {
    key: 'meaning',
    header: 'Meaning',
    align: 'left',
    long: true,
    width: 40,
    value: ({ meaning }) => meaning ?? '',
  },
];

function tableKeys({ interval }: Request): () => readonly string[] {
  const keys = ['group', 'name', 'value', ...(interval === null ? [] : ['rate']), 'meaning'];
  return () => keys;
}

/** The columns of protocol counters. */
export const statisticsColumns: ReportColumns<Counter> = {
  columns,
  tableKeys,
  isMinor: ({ value }) => value === 0,
};
