import type { Counter } from '../model/counter.ts';
import type { Request } from '../model/request.ts';
import type { Column, ReportColumns, Scene } from './attribute.ts';
import { counterRate } from './counter-rate.ts';

function rateText(counter: Counter, { previous, takenAt }: Scene): string {
  const rate = counterRate(counter, previous, takenAt);
  return rate === null ? '' : String(Math.round(rate * 10) / 10);
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
  { key: 'rate', header: 'Per Second', align: 'right', derived: true, value: rateText },
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
  isMinor: ({ value }) => value === 0n,
};
