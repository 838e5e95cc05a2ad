import { expect, it } from 'vitest';
import { NetstatError } from '../../src/errors.ts';
import type { Warning } from '../../src/model/report/snapshot.ts';
import { anyRows } from '../../src/pipeline/sought.ts';
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
  const unseen = unseenIn(warnings, { ...anyRows, byOwner });
  expect(unseen.map(({ code }) => code)).toEqual(expected);
});

it('a table that cannot have a row that is sought hides none', () => {
  const mayConcern = ({ tables }: Warning) => tables === undefined;
  const warnings: readonly Warning[] = [lasting, { ...lasting, tables: [{ protocol: 'udp' }] }];
  expect(unseenIn(warnings, { byOwner: true, mayConcern })).toEqual([lasting]);
});

const passing: Warning = { code: 'uncertain', message: 'a doubt', source: 'workloads' };
const lasting: Warning = { code: 'unreadable', message: 'a table', source: 'tcp' };

it.each([
  ['a doubt that ends is waited out', 3000, [[passing], [passing], []], 'met', 800],
  ['one that lasts decides when the time is over', 1000, [[passing]], 'unknown', 1000],
  ['without a time limit after 5 s', null, [[passing]], 'unknown', 5200],
  ['what cannot be seen decides at once', 3000, [[lasting]], 'unknown', 0],
  ['also beside a doubt', 3000, [[passing, lasting]], 'unknown', 0],
] as const)('until something is gone: %s', async (_, timeout, looks, expected, after) => {
  let now = 0;
  let taken = 0;
  const clock = {
    elapsed: () => now,
    sleep: async (milliseconds: number) => {
      now += milliseconds;
    },
  };
  const look = async () => {
    const unseen: readonly Warning[] = looks[taken] ?? looks[looks.length - 1] ?? [];
    taken++;
    return { isThere: false, unseen };
  };
  const wait = { for: 'gone', timeout, every: 400 } as const;
  const { outcome } = await waitFor(wait, look, clock, () => undefined);
  expect([outcome, now]).toEqual([expected, after]);
});

const brokenOff = new NetstatError('unreadable', 'tcp: cannot be read (EIO)', {
  cause: Object.assign(new Error('EIO'), { code: 'EIO' }),
});
const isThere = { isThere: true, unseen: [] };
const isGone = { isThere: false, unseen: [] };

it.each<
  [string, number | null, readonly (typeof isThere | NetstatError)[], string | NetstatError, number]
>([
  ['is taken again', 3000, [isThere, brokenOff, isGone], 'met', 1400],
  ['also without a time limit', null, [isThere, brokenOff, brokenOff, isGone], 'met', 2400],
  ['ends the wait if it is the first', 3000, [brokenOff, isGone], brokenOff, 0],
  ['or the last', 1200, [isThere, brokenOff], brokenOff, 1200],
  ['or one of too many', null, [isThere, brokenOff], brokenOff, 5400],
])('a look that a system call broke off %s', async (_, timeout, looks, expected, after) => {
  let now = 0;
  let taken = 0;
  const clock = {
    elapsed: () => now,
    sleep: async (milliseconds: number) => {
      now += milliseconds;
    },
  };
  const look = async () => {
    const one = looks[taken++] ?? (looks.at(-1) as NetstatError);
    if (one instanceof Error) throw one;
    return one;
  };
  const wait = { for: 'gone', timeout, every: 400 } as const;
  const end = await waitFor(wait, look, clock, () => undefined).catch((error: unknown) => error);
  expect([end instanceof Error ? end : (end as { outcome: string }).outcome, now]).toEqual([
    expected,
    after,
  ]);
});
