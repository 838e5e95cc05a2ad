import { expect, test } from 'vitest';
import type { Query } from '../../../../src/model/request/query.ts';
import type { LiveState } from '../../../../src/views/live/state.ts';
import { filtering, listingWith } from '../../../support/listing.ts';
import { screenOf } from './support.ts';

const noRows = { takenAt: '', rows: [], totals: [], count: 0 };
const expression = filtering({ expression: ['pid = 1'] });

test.each<[Partial<LiveState>, readonly string[]]>([
  [{ round: null }, ['reading …']],
  [{ round: noRows }, ['no socket: a shows servers too']],
  [
    { round: noRows, asked: listingWith(expression) },
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

const flags = filtering({ port: ['443'] });
const none = 'no socket';

test.each<[Query['which'], Pick<Query, 'filters'>, string]>([
  ['connected', filtering({}), `${none}: a shows servers too`],
  ['listening', filtering({}), `${none}: a shows connections too`],
  ['all', filtering({}), none],
  ['connected', flags, `${none} matches: a shows servers too`],
  ['listening', flags, `${none} matches: a shows connections too`],
  ['all', flags, `${none} matches`],
  [
    'connected',
    expression,
    `${none} matches: / changes the filter, Del removes it, a shows servers too`,
  ],
  [
    'listening',
    expression,
    `${none} matches: / changes the filter, Del removes it, a shows connections too`,
  ],
  ['all', expression, `${none} matches: / changes the filter, Del removes it`],
])('%s of %j: only keys that may show some are named', (which, filters, expected) => {
  const asked = listingWith({ which, ...filters });
  const { lines, layout } = screenOf(100, 10, { round: noRows, asked });
  expect(lines[layout.body]).toBe(`  ${expected}`);
});
