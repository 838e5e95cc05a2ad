import { expect, test } from 'vitest';
import { widened } from '../../src/text/widened.ts';

test.each([
  ['nothing without room', [2, 5], [9, 9], 0, [2, 5]],
  ['nothing if there is too little room already', [2, 5], [9, 9], -3, [2, 5]],
  ['the narrowest first', [2, 5], [9, 9], 2, [4, 5]],
  ['the first of equals', [3, 3], [9, 9], 3, [5, 4]],
  ['none beyond its limit', [2, 5], [3, 6], 9, [3, 6]],
  ['none that is beyond it already', [7, 5], [6, 6], 9, [7, 6]],
])('widens %s', (_, widths, limits, spare, expected) => {
  expect(widened(widths, limits, spare)).toEqual(expected);
});
