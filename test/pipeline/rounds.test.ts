import { describe, expect, it } from 'vitest';
import type { Row } from '../../src/model/report/snapshot.ts';
import { type Beginning, inRounds } from '../../src/pipeline/rounds.ts';
import { inet } from '../support/builders.ts';

const row: Row = inet('192.0.2.1:22', '0.0.0.0');

/** What rounds begin with, and how long is slept between them, until the third. */
async function rounds(interval: number | null) {
  const beginnings: Beginning[] = [];
  const slept: number[] = [];
  let second = 0;
  const clock = {
    // Somebody sets the clock back.
    now: () => `2026-03-01T12:00:0${9 - second}.000Z`,
    elapsed: () => 2000 * second++,
    sleep: async (milliseconds: number) => {
      slept.push(milliseconds);
      if (slept.length === 3) throw new Error('enough');
    },
  };
  let failure: unknown = null;
  try {
    await inRounds({ interval }, clock, async (beginning) => {
      beginnings.push(beginning);
      return [row];
    });
  } catch (error) {
    failure = error;
  }
  return { beginnings, slept, failure };
}

describe('rounds', () => {
  it('are one without an interval', async () => {
    const { beginnings, slept, failure } = await rounds(null);
    expect(beginnings).toEqual([{ takenAt: '2026-03-01T12:00:09.000Z', previous: null }]);
    expect([slept, failure]).toEqual([[], null]);
  });

  it('go on until the sleep between them ends them, and each knows the one before', async () => {
    const { beginnings, slept, failure } = await rounds(1500);
    const times = [9, 8, 7].map((second) => `2026-03-01T12:00:0${second}.000Z`);
    expect(beginnings).toEqual([
      { takenAt: times[0], previous: null },
      { takenAt: times[1], previous: { secondsAgo: 2, rows: [row] } },
      { takenAt: times[2], previous: { secondsAgo: 2, rows: [row] } },
    ]);
    expect(slept).toEqual([1500, 1500, 1500]);
    expect(failure).toEqual(new Error('enough'));
  });

  it('leave out one that failed: the next is compared with the one before', async () => {
    let second = 0;
    const clock = {
      now: () => '',
      elapsed: () => 1000 * second++,
      sleep: async () => {
        if (second === 3) throw new Error('enough');
      },
    };
    const before: Beginning['previous'][] = [];
    const all = inRounds({ interval: 1 }, clock, async ({ previous }) => {
      before.push(previous);
      return before.length === 2 ? null : [row];
    });
    await expect(all).rejects.toThrow('enough');
    expect(before).toEqual([null, { secondsAgo: 1, rows: [row] }, { secondsAgo: 2, rows: [row] }]);
  });

  it('end with what a round throws', async () => {
    const clock = {
      now: () => '',
      elapsed: () => 0,
      sleep: () => Promise.reject(new Error('slept')),
    };
    const failing = inRounds({ interval: 1 }, clock, async () => {
      throw new Error('broken');
    });
    await expect(failing).rejects.toThrow('broken');
  });
});
