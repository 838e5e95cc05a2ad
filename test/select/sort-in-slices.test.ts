import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sortedPlaces } from '../../src/select/sort-in-slices.ts';

const noPause = () => Promise.resolve();

describe('sorting in slices', () => {
  test('gives what sort gives, equal ones as they were', async () => {
    const values = fc.array(fc.nat(50), { minLength: 0, maxLength: 10_000, size: 'max' });
    await fc.assert(
      fc.asyncProperty(values, async (all) => {
        const comparison = (one: number, other: number) => (all[one] ?? 0) - (all[other] ?? 0);
        const expected = [...all.keys()].sort(comparison);
        expect([...(await sortedPlaces(all.length, comparison, noPause))]).toEqual(expected);
      }),
      { numRuns: 5 },
    );
  });

  test('lets others have their turn, and ends where that rejects', async () => {
    let pauses = 0;
    const comparison = (one: number, other: number) => other - one;
    const pause = async () => {
      pauses++;
    };
    await sortedPlaces(100_000, comparison, pause);
    expect(pauses).toBeGreaterThan(100);
    const ended = sortedPlaces(100_000, comparison, () => Promise.reject(new Error('enough')));
    await expect(ended).rejects.toThrow('enough');
  });

  test('few rows take one turn', async () => {
    const never = () => Promise.reject(new Error('paused'));
    expect([...(await sortedPlaces(3, (one, other) => other - one, never))]).toEqual([2, 1, 0]);
    expect(await sortedPlaces(0, () => 0, never)).toHaveLength(0);
  });
});
