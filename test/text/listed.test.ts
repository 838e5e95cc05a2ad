import { expect, it } from 'vitest';
import { listed } from '../../src/text/listed.ts';

it.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a or b'],
  [['a', 'b', 'c'], 'a, b or c'],
])('lists %j as %j', (words, expected) => {
  expect(listed(words, 'or')).toBe(expected);
  expect(listed(words, 'and')).toBe(expected.replace('or', 'and'));
});
