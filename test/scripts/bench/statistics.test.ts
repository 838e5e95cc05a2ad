import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { script } from '../script.ts';

interface Sample {
  readonly wall: number;
  readonly cpu: number;
  readonly peak: number;
  readonly bytes: number;
  readonly late: boolean;
}

interface Ratio {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly atMost: boolean;
}

const { median, ratioOf, summaryOf, followSummaryOf } = await script<{
  median(numbers: readonly number[]): number;
  ratioOf(subject: readonly Sample[], against: readonly Sample[]): Ratio | null;
  summaryOf(samples: readonly Sample[]): Sample & { readonly runs: number };
  followSummaryOf(rounds: readonly { cpu: number; bytes: number }[]): Record<string, number>;
}>('bench/statistics.js');

const sample = (wall: number, more: Partial<Sample> = {}): Sample => ({
  wall,
  cpu: wall / 2,
  peak: 10,
  bytes: 100,
  late: false,
  ...more,
});

describe('median', () => {
  it.each([
    ['one', [7], 7],
    ['odd', [9, 1, 5], 5],
    ['even', [4, 1, 2, 8], 3],
    ['not by their spelling', [10, 9, 100], 10],
  ])('of %s', (_, numbers, expected) => expect(median(numbers)).toBe(expected));

  it('has as many numbers above as below, and leaves the list as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (numbers) => {
        const before = [...numbers];
        const middle = median(numbers);
        expect(numbers).toEqual(before);
        const below = numbers.filter((number) => number < middle).length;
        const above = numbers.filter((number) => number > middle).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(numbers.length / 2);
      }),
    );
  });
});

describe('ratios', () => {
  it('are taken pair by pair, not of the medians', () => {
    const subject = [10, 20, 90].map((wall) => sample(wall));
    const against = [100, 40, 300].map((wall) => sample(wall));
    expect(ratioOf(subject, against)).toEqual({ median: 0.3, low: 0.1, high: 0.5, atMost: false });
  });

  it('use the pairs there are when one program had fewer runs', () => {
    expect(ratioOf([sample(1), sample(50)], [sample(4)])).toMatchObject({ median: 0.25 });
  });

  it('are upper bounds where the other was stopped for being late', () => {
    expect(ratioOf([sample(1)], [sample(300_000, { late: true })])?.atMost).toBe(true);
  });

  it('are none where the subject itself was late, or nothing was measured', () => {
    expect(ratioOf([sample(9, { late: true })], [sample(1)])).toBeNull();
    expect(ratioOf([], [sample(1)])).toBeNull();
  });
});

it('a summary is of medians, but of the worst peak', () => {
  const samples = [sample(1, { peak: 30 }), sample(3, { peak: 50 }), sample(2, { peak: 40 })];
  expect(summaryOf(samples)).toEqual({
    runs: 3,
    wall: 2,
    cpu: 1,
    peak: 50,
    bytes: 100,
    late: false,
  });
});

it('rounds: the first against the median of the rest', () => {
  const rounds = [200, 40, 60, 50].map((cpu) => ({ cpu, bytes: 7 }));
  expect(followSummaryOf(rounds)).toEqual({ first: 200, steady: 50, ratio: 0.25, bytes: 7 });
});
