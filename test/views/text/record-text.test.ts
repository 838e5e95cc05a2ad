import { expect, it } from 'vitest';
import type { Counter } from '../../../src/model/machine/counter.ts';
import type { Schedule } from '../../../src/model/request/listing.ts';
import { recordTextOf } from '../../../src/views/text/record-text.ts';
import { inet } from '../../support/builders.ts';

const once: Schedule = { interval: null, resolveTimeout: 0, wait: null };
const repeated: Schedule = { ...once, interval: 1000 };
const counter: Counter = {
  ...{ group: 'Tcp', name: 'InSegs', value: 30n, kind: 'count', meaning: null },
};
const previous = { secondsAgo: 4, rows: [{ ...counter, value: 10n }] };

it.each([
  ['in one answer has no rate', once, null, undefined],
  ['in the first round has none that is known', repeated, null, null],
  ['in a later round has its change per second', repeated, previous, 5],
])('a counter %s', (_, schedule, before, rate) => {
  const text = recordTextOf('statistics', { schedule, previous: before })(counter);
  expect(JSON.parse(text)).toEqual({ ...counter, value: 30, ...(rate !== undefined && { rate }) });
});

it('another row has none in any round', () => {
  const socket = inet('127.0.0.1:22', '0.0.0.0');
  const text = recordTextOf('sockets', { schedule: repeated, previous: null })(socket);
  expect(JSON.parse(text)).toEqual(socket);
});
