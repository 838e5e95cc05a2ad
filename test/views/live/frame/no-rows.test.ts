import { expect, test } from 'vitest';
import type { FilterOptions, Query } from '../../../../src/model/request/query.ts';
import { defaultListing } from '../../../../src/options/default-listing.ts';
import type { LiveState } from '../../../../src/views/live/state.ts';
import { screenOf } from './support.ts';

const noRows = { takenAt: '', rows: [], totals: [], count: 0 };
const filters = { ...defaultListing.query.filters, expression: ['pid = 1'] };
const filtered = { ...defaultListing, query: { ...defaultListing.query, filters } };

test.each<[Partial<LiveState>, readonly string[]]>([
  [{ round: null }, ['reading …']],
  [{ round: noRows }, ['no socket: a shows servers too']],
  [
    { round: noRows, asked: filtered },
    ['no socket matches: / changes the filter, Del', 'removes it, a shows servers too'],
  ],
  [{ round: null, failure: 'no\x1b route' }, ['no\\x1b route']],
])('without rows there is the reason: %j', (changes, expected) => {
  const { lines, layout } = screenOf(48, 10, changes);
  const shown = lines.slice(layout.body, layout.foot).filter((line) => line !== '');
  expect(shown).toEqual(expected.map((line) => `  ${line}`));
});

test('a reason that is too long for the screen is cut', () => {
  const { lines, layout } = screenOf(14, 3, { round: null, failure: 'one two three four five' });
  expect(lines[layout.body]).toBe('  one two');
  expect(lines.at(-1)).toMatch(/^\? help/);
});

const flags = { ...defaultListing.query.filters, port: ['443'] };
const none = 'no socket';

test.each<[Query['which'], FilterOptions, string]>([
  ['connected', defaultListing.query.filters, `${none}: a shows servers too`],
  ['listening', defaultListing.query.filters, `${none}: a shows connections too`],
  ['all', defaultListing.query.filters, none],
  ['connected', flags, `${none} matches: a shows servers too`],
  ['listening', flags, `${none} matches: a shows connections too`],
  ['all', flags, `${none} matches`],
  [
    'connected',
    filters,
    `${none} matches: / changes the filter, Del removes it, a shows servers too`,
  ],
  [
    'listening',
    filters,
    `${none} matches: / changes the filter, Del removes it, a shows connections too`,
  ],
  ['all', filters, `${none} matches: / changes the filter, Del removes it`],
])('%s of %j: only keys that may show some are named', (which, filters, expected) => {
  const asked = { ...defaultListing, query: { ...defaultListing.query, which, filters } };
  const { lines, layout } = screenOf(100, 10, { round: noRows, asked });
  expect(lines[layout.body]).toBe(`  ${expected}`);
});
