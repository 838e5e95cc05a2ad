import { expect, it } from 'vitest';
import { shortened } from '../../src/text/shortened.ts';

it.each<[string, number, string]>([
  ['', 3, ''],
  ['abc', 3, 'abc'],
  ['abcd', 3, 'abc…'],
  ['ab😀', 4, 'ab😀'],
  // No half of a character stays.
  ['ab😀d', 3, 'ab…'],
  ['a😀bcd', 4, 'a😀b…'],
])('%j in at most %i is %j', (text, most, expected) => {
  expect(shortened(text, most)).toBe(expected);
});
