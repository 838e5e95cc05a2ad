import { describe, expect, test } from 'vitest';
import { defaultListing } from '../../../../src/options/default-listing.ts';
import type { LiveState } from '../../../../src/views/live/state.ts';
import { screenOf } from './support.ts';

const at = (traffic: NonNullable<LiveState['head']>['traffic']) => ({
  head: { takenAt: '2026-01-31T12:34:56Z', traffic },
});
const traffic = { received: 1500, sent: null, of: 'IP' } as const;

describe('the first line', () => {
  test.each<[number, Partial<LiveState>, RegExp]>([
    [80, {}, /^tsnetstat {2}--:--:-- {2}every 1 s$/],
    [80, { interval: 200, ...at(null) }, /^tsnetstat {2}\d\d:\d\d:56 {2}every 0.2 s$/],
    [
      80,
      { isPaused: true, ...at(traffic) },
      / {2}paused {2}\d\d:\d\d:56 {2}in 1.50 kB\/s {2}out - {2}\(IP\)$/,
    ],
    [70, at(traffic), / {2}every 1 s {2}in 1.50 kB\/s {2}out - {2}\(IP\)$/],
    [69, at(traffic), / {2}every 1 s {2}in 1.50 kB\/s {2}out -$/],
    [20, { isPaused: true, ...at(null) }, /^tsnetstat {2}paused$/],
    // What has no room as a whole is left out.
    [50, at(traffic), / {2}every 1 s {2}in 1.50 kB\/s$/],
  ])('in %i columns %j', (columns, changes, expected) => {
    expect(screenOf(columns, 24, changes).lines[0]).toMatch(expected);
  });
});

test('the second has the totals that fit, or none before the first round', () => {
  const totals = (columns: number, changes: Partial<LiveState> = {}) =>
    screenOf(columns, 24, changes).lines[1];
  expect(totals(80)).toBe('1,230 sockets  ESTABLISHED 1,200  LISTEN 30');
  expect(totals(40)).toBe('1,230 sockets  ESTABLISHED 1,200');
  expect(totals(80, { round: null })).toBe('');
});

test('the third has the question, and by what it is grouped', () => {
  expect(screenOf(80, 24).lines[2]).toBe('all protocols  names');
  expect(screenOf(80, 24, { grouping: 'host' }).lines[2]).toBe('all protocols  names  by host');
  const asked = { ...defaultListing, query: { ...defaultListing.query, sort: ['-recvq'] } };
  expect(screenOf(80, 24, { asked }).lines[2]).toBe('all protocols  names  sort -recvq');
  // Groups have an order of their own.
  expect(screenOf(80, 24, { asked, grouping: 'host' }).lines[2]).toBe(
    'all protocols  names  by host',
  );
  expect(screenOf(15, 24).lines[2]).toBe('all protocols …');
});
