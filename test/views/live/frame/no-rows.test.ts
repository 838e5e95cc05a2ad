import { expect, test } from 'vitest';
import { defaultListing } from '../../../../src/options/default-listing.ts';
import type { LiveState } from '../../../../src/views/live/state.ts';
import { screenOf } from './support.ts';

const none = { takenAt: '', rows: [], totals: [], count: 0 };
const filters = { ...defaultListing.query.filters, expression: ['pid = 1'] };
const filtered = { ...defaultListing, query: { ...defaultListing.query, filters } };

test.each<[Partial<LiveState>, readonly string[]]>([
  [{ round: null }, ['reading …']],
  [{ round: none }, ['no socket: a shows servers too']],
  [
    { round: none, asked: filtered },
    ['no socket matches: / changes the filter, a', 'shows servers too'],
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
