import { expect, it } from 'vitest';
import type { Warning } from '../../src/model/report/snapshot.ts';
import { unseenIn, waitFor } from '../../src/pipeline/wait.ts';

const there = { for: 'there', timeout: 1000, every: 400 } as const;

it('a look that takes longer than the time is the only one', async () => {
  let now = 0;
  const slept: number[] = [];
  const clock = {
    elapsed: () => now,
    sleep: async (milliseconds: number) => {
      slept.push(milliseconds);
      now += milliseconds;
    },
  };
  const look = async () => {
    now += 5000;
    return { isThere: false, unseen: [] };
  };
  const { outcome } = await waitFor(there, look, clock, () => undefined);
  expect([outcome, slept]).toEqual(['late', []]);
});

it.each([
  [false, ['unreadable']],
  [true, ['owners-denied', 'owners-failed', 'unreadable']],
])('what is told as unseen where rows are filtered by owner (%s): %j', (byOwner, expected) => {
  const codes = ['absent', 'incomplete', 'owners-denied', 'owners-failed', 'unreadable'];
  const warnings = codes.map((code) => ({ code }) as Warning);
  expect(unseenIn(warnings, byOwner).map(({ code }) => code)).toEqual(expected);
});
