import { describe, expect, it } from 'vitest';
import { pickColumns } from '../../src/attributes/index.ts';
import type { Counter } from '../../src/model/machine/counter.ts';
import { noNames } from '../../src/model/report/names.ts';
import { counter as anyCounter } from '../support/builders.ts';
import { takenAt } from '../views/text/support/render.ts';

const counter = (value: number | bigint, kind: Counter['kind'] = 'count', group = 'Tcp') =>
  anyCounter(group, 'InSegs', value, { kind });

const place = (inode: number | null) => ({ inode, name: null, own: false });

describe('rate of a counter', () => {
  it.each<[string, Counter, { secondsAgo: number; rows: Counter[] } | null, string]>([
    ['in the first round', counter(5), null, ''],
    ['growth', counter(25), { secondsAgo: 10, rows: [counter(5)] }, '2'],
    ['to two decimals', counter(12), { secondsAgo: 3, rows: [counter(5)] }, '2.33'],
    ['a little more than one', counter(42), { secondsAgo: 30, rows: [counter(5)] }, '1.23'],
    ['slow growth, to two digits', counter(6), { secondsAgo: 210, rows: [counter(5)] }, '0.0048'],
    [
      'growth past 2^53',
      counter(9007199254740995n),
      { secondsAgo: 1, rows: [counter(9007199254740992n)] },
      '3',
    ],
    ['rest', counter(5), { secondsAgo: 1, rows: [counter(5)] }, '0'],
    ['a counter that is new', counter(5), { secondsAgo: 1, rows: [] }, ''],
    ['a counter that began anew', counter(5), { secondsAgo: 1, rows: [counter(9)] }, ''],
    ['of one group only', counter(5), { secondsAgo: 1, rows: [counter(1, 'count', 'Udp')] }, ''],
    [
      'of one namespace only',
      { ...counter(25), netns: place(2) },
      {
        secondsAgo: 1,
        rows: [
          { ...counter(20), netns: place(2) },
          { ...counter(1), netns: place(3) },
        ],
      },
      '5',
    ],
    [
      'of a namespace that cannot be known again',
      { ...counter(25), netns: place(null) },
      { secondsAgo: 1, rows: [{ ...counter(20), netns: place(null) }] },
      '',
    ],
    ['a gauge', counter(5, 'gauge'), { secondsAgo: 1, rows: [counter(1, 'gauge')] }, ''],
    ['no time between', counter(5), { secondsAgo: 0, rows: [counter(1)] }, ''],
  ])('%s', (_, row, previous, rate) => {
    const [column] = pickColumns('statistics', ['rate']);
    expect(column?.value(row, { takenAt, names: noNames, previous })).toBe(rate);
  });
});
