import { expect, it } from 'vitest';
import { NetstatError } from '../../src/errors.ts';
import type { Warning } from '../../src/model/report/snapshot.ts';
import { anyRows } from '../../src/pipeline/sought.ts';
import { type Look, lookAgain, unseenIn, waitFor } from '../../src/pipeline/wait.ts';

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
  ['so does another doubt', 3000, [[{ ...passing, source: 'sock_diag' }]], 'unknown', 0],
  ['and workloads that cannot be read', 3000, [[{ ...passing, code: 'unreadable' }]], 'unknown', 0],
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

const silent: Warning = { code: 'host-failed', message: 'web1: refused', source: 'web1' };
const nothing: Look = { isThere: false, unseen: [] };
const hidden: Look = { isThere: false, unseen: [lasting] };
const noAnswer: Look = { isThere: false, unseen: [silent] };

/** Waits for something to be there; with each pause that was made, and what was told as unseen. */
async function waited(timeout: number | null, looks: readonly Look[], every = 400) {
  let now = 0;
  let taken = 0;
  const slept: number[] = [];
  const told: (readonly Warning[])[] = [];
  const clock = {
    elapsed: () => now,
    sleep: async (milliseconds: number) => {
      slept.push(milliseconds);
      now += milliseconds;
    },
  };
  const look = async () => looks[taken++] ?? (looks.at(-1) as Look);
  const wait = { for: 'there', timeout, every } as const;
  const { last, ...end } = await waitFor(wait, look, clock, (unseen) => told.push(unseen));
  expect(last).toBe(looks[taken - 1] ?? looks.at(-1));
  return { end, slept, told };
}

it.each<[string, number | null, readonly Look[], object, readonly number[]]>([
  ['is seen at once', 1000, [isThere], { outcome: 'met' }, []],
  ['is seen, whatever else is not', 1000, [{ ...hidden, isThere: true }], { outcome: 'met' }, []],
  ['comes', 1000, [nothing, nothing, isThere], { outcome: 'met' }, [400, 400]],
  [
    'does not come: the last look is at the end of the time',
    1000,
    [nothing],
    { outcome: 'late', after: 1000 },
    [400, 400, 200],
  ],
  ['may be hidden', 500, [hidden], { outcome: 'unknown' }, [400, 100]],
  [
    'was hidden, but is not at the end',
    500,
    [hidden, nothing, nothing],
    {
      ...{ outcome: 'late', after: 500 },
    },
    [400, 100],
  ],
  [
    'is on a machine that does not answer',
    null,
    [noAnswer, noAnswer, isThere],
    {
      ...{ outcome: 'met' },
    },
    [1000, 1000],
  ],
])('what is waited for %s', async (_, timeout, looks, end, slept) => {
  expect(await waited(timeout, looks)).toMatchObject({ end, slept });
});

it('of a machine that does not answer no more is asked than was said', async () => {
  expect((await waited(null, [noAnswer, isThere], 3000)).slept).toEqual([3000]);
});

it('what cannot be seen is told of the first look, where the wait may take for ever', async () => {
  const looks = [hidden, noAnswer, isThere];
  expect((await waited(null, looks)).told).toEqual([[lasting]]);
  expect((await waited(9000, looks)).told).toEqual([]);
});

it('a machine that cannot be read may answer later; anything else is an error', async () => {
  const failing = (code: 'unreadable' | 'usage') => async (): Promise<Look> => {
    throw new NetstatError(code, 'no machine answered', { path: 'web1' });
  };
  const doubt: Warning = { code: 'owners-denied', message: 'hidden', source: 'owners' };
  const absent: Warning = { code: 'absent', message: 'no such table', source: 'sctp' };
  expect(await lookAgain(true, [doubt, absent], failing('unreadable'))).toEqual({
    isThere: false,
    unseen: [doubt, { code: 'host-failed', message: 'no machine answered', source: 'web1' }],
  });
  expect(await lookAgain(true, [doubt], async () => isThere)).toBe(isThere);
  await expect(lookAgain(false, [], failing('unreadable'))).rejects.toThrow('no machine answered');
  await expect(lookAgain(true, [], failing('usage'))).rejects.toThrow('no machine answered');
  const fault = new TypeError('a fault');
  await expect(lookAgain(true, [], () => Promise.reject(fault))).rejects.toBe(fault);
});
