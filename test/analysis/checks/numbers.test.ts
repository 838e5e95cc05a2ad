import fc from 'fast-check';
import { expect, it } from 'vitest';
import { percent, reachesShare } from '../../../src/analysis/checks/numbers.ts';

it.each([
  [0, 300, 0],
  [299, 300, 99],
  [995, 1000, 99],
  [300, 300, 100],
  [301, 300, 100],
  [29, 100, 29],
  [5, 0, 0],
  [5, -1, 0],
])('%d of %d are %d percent', (part, whole, expected) => {
  expect(percent(part, whole)).toBe(expected);
});

it('a percentage is at least a threshold exactly if the part is', () => {
  const number = fc.integer({ min: 0, max: 2 ** 40 });
  fc.assert(
    fc.property(number, fc.integer({ min: 1, max: 2 ** 40 }), fc.nat(120), (part, whole, least) => {
      expect(percent(part, whole) >= least).toBe(reachesShare(part, whole, least));
    }),
  );
});

it.each([
  [69, 100, 70, false],
  [70, 100, 70, true],
  [2, 3, 67, false],
  [0, 0, 70, true],
])('whether %d of %d are %d percent: %s', (part, whole, share, expected) => {
  expect(reachesShare(part, whole, share)).toBe(expected);
});
