import { describe, expect, it } from 'vitest';
import { notFound } from '../../../../src/sources/linux/inode-index.ts';
import {
  ownerMemory,
  ownerTable,
  unownedInodes,
} from '../../../../src/sources/linux/owners/owner-memory.ts';
import { sumOf } from '../../../../src/sources/linux/owners/unseen-processes.ts';
import { walkShare } from '../../../../src/sources/linux/owners/walk-share.ts';
import { type FakeMachine, fakeProc, systemError } from '../support/fake-proc.ts';

const holding = (...inodes: number[]) => ({
  fd: Object.fromEntries(inodes.map((inode, at) => [at + 3, `socket:[${inode}]`])),
});

describe('ownerMemory', () => {
  it('looks at one descriptor for each owner it knows, and searches no more', async () => {
    const memory = ownerMemory();
    await memory.find(
      fakeProc({ processes: { 5: holding(10, 11), 6: holding(20) } }),
      new Set([10, 20]),
    );
    const proc = fakeProc({ processes: { 5: holding(10, 11), 6: holding(20) } });
    const { owners } = await memory.find(proc, new Set([10, 20]));
    expect([...owners].map(([inode, { pid }]) => [inode, pid])).toEqual([
      [10, 5],
      [20, 6],
    ]);
    expect(proc.calls).toEqual(['link 5/fd/3', 'link 6/fd/3']);
  });

  it('searches again for what is new, and finds who took over', async () => {
    const memory = ownerMemory();
    await memory.find(fakeProc({ processes: { 5: holding(10) } }), new Set([10]));
    const proc = fakeProc({ processes: { 5: holding(99), 6: holding(10, 30) } });
    const { owners } = await memory.find(proc, new Set([10, 30]));
    expect(owners.get(10)).toEqual({ pid: 6, fd: '3' });
    expect(owners.get(30)).toEqual({ pid: 6, fd: '4' });
  });

  it('does not search in every round for sockets that no process holds', async () => {
    const memory = ownerMemory();
    const machine = { processes: { 5: holding(10), 7: { fd: systemError('EACCES') } } };
    expect((await memory.find(fakeProc(machine), new Set([10, 40]))).unseen.denied).toBe(1);
    const proc = fakeProc(machine);
    const { owners, unseen } = await memory.find(proc, new Set([10, 40]));
    expect([...owners.keys()]).toEqual([10]);
    expect(unseen.denied).toBe(1);
    expect(proc.calls).toEqual(['link 5/fd/3']);
  });

  it('looks for the ownerless on the next occasion', async () => {
    const memory = ownerMemory();
    await memory.find(fakeProc({ processes: { 5: holding(10) } }), new Set([10, 40]));
    const proc = fakeProc({ processes: { 5: holding(10), 6: holding(40, 50) } });
    const { owners } = await memory.find(proc, new Set([10, 40, 50]));
    expect([...owners.keys()].sort()).toEqual([10, 40, 50]);
  });
});

/** The table of a walk in which two threads took part. */
function tableOf(processes: Required<FakeMachine>['processes'], unowned = unownedInodes()) {
  const proc = fakeProc({ processes });
  const pids = proc.processIds();
  const every = (from: number) => {
    let place = from - 2;
    return () => {
      place += 2;
      return place;
    };
  };
  unowned.beginWalk();
  const shares = [1, 0].map((first) => walkShare(proc, pids, every(first), 'netstat'));
  return ownerTable({ shares, unseen: sumOf(shares.map(({ unseen }) => unseen)) }, unowned);
}

describe('ownerTable', () => {
  it('names the lowest of several owners, whichever thread found it', () => {
    const table = tableOf({ 5: holding(10), 6: holding(10, 20), 7: holding(20, 30) });
    expect([10, 20, 30, 40].map(table.pidOf)).toEqual([5, 6, 7, notFound]);
  });

  it('counts the processes that could not be inspected', () => {
    const denied = { fd: systemError('EACCES') };
    expect(tableOf({ 5: denied, 6: denied, 7: holding(1) }).unseen.denied).toBe(2);
  });

  it('knows whether the owner still is one', () => {
    const table = tableOf({ 5: holding(10, 11), 6: holding(20) });
    const now = fakeProc({ processes: { 5: holding(10, 99) } });
    expect(table.isStillTrue(now, 10)).toBe(true);
    expect(table.isStillTrue(now, 11)).toBe(false);
    expect(table.isStillTrue(now, 20)).toBe(false);
  });

  it('accepts "no owner" only after a search for that socket: it may be younger than a walk', () => {
    const unowned = unownedInodes();
    const proc = fakeProc({});
    const first = tableOf({ 5: holding(10) }, unowned);
    first.pidOf(40);
    expect(first.isStillTrue(proc, 40)).toBe(false);
    const second = tableOf({ 5: holding(10) }, unowned);
    expect(second.isStillTrue(proc, 40)).toBe(true);
    expect(second.isStillTrue(proc, 50)).toBe(false);
  });
});

describe('the table of a walk', () => {
  const share = walkShare(fakeProc({}), [], () => 0, 'netstat');
  const told = { ...share, isAtOnce: true } as const;

  it.each([
    ['reported at once', [told], true],
    ['walked through', [share, share], false],
    ['reported in part', [told, share], false],
    ['of nothing', [], false],
  ])('is cheap to read anew if the kernel reported it at once: %s', (_, shares, isCheap) => {
    expect(ownerTable({ shares, unseen: sumOf([]) }, unownedInodes()).isCheap).toBe(isCheap);
  });
});

describe('unownedInodes', () => {
  it('settles what was missed before a walk, not what was missed after it', () => {
    const unowned = unownedInodes();
    unowned.beginWalk();
    unowned.miss(1);
    expect(unowned.isSettled(1)).toBe(false);
    unowned.beginWalk();
    expect(unowned.isSettled(1)).toBe(true);
    unowned.miss(2);
    unowned.miss(1);
    expect([1, 2].map(unowned.isSettled)).toEqual([true, false]);
  });

  it('keeps what every round asks for, and forgets what none does', () => {
    const unowned = unownedInodes();
    unowned.beginWalk();
    unowned.miss(1);
    unowned.miss(2);
    unowned.beginWalk();
    for (let round = 0; round < 5; round++) {
      unowned.beginRound();
      expect(unowned.isSettled(1)).toBe(true);
    }
    expect(unowned.isSettled(2)).toBe(false);
  });

  it('knows nothing of others', () => {
    expect(unownedInodes().isSettled(1)).toBe(false);
  });
});
