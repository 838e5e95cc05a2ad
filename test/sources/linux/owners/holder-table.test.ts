import { describe, expect, it } from 'vitest';
import { walkShare } from '../../../../src/sources/linux/owners/find-all.ts';
import { holderTable } from '../../../../src/sources/linux/owners/holder-table.ts';
import { notFound } from '../../../../src/sources/linux/owners/inode-index.ts';
import { unheldInodes } from '../../../../src/sources/linux/owners/unheld-inodes.ts';
import { sumOf } from '../../../../src/sources/linux/owners/unseen.ts';
import { type FakeMachine, fakeProc, systemError } from '../support/fake-proc.ts';

/** The table of a walk in which two threads took turns. */
function tableOf(processes: Required<FakeMachine>['processes'], unheld = unheldInodes()) {
  const proc = fakeProc({ processes });
  const pids = proc.processIds();
  const every = (from: number) => {
    let turn = from - 2;
    return () => {
      turn += 2;
      return turn;
    };
  };
  unheld.beginWalk();
  const shares = [1, 0].map((first) => walkShare(proc, pids, every(first), 'netstat'));
  return holderTable({ shares, unseen: sumOf(shares.map(({ unseen }) => unseen)) }, unheld);
}

const holding = (...inodes: number[]) => ({
  fd: Object.fromEntries(inodes.map((inode, at) => [at + 3, `socket:[${inode}]`])),
});

describe('holderTable', () => {
  it('names the lowest of several holders, whichever thread found it', () => {
    const table = tableOf({ 5: holding(10), 6: holding(10, 20), 7: holding(20, 30) });
    expect([10, 20, 30, 40].map(table.pidOf)).toEqual([5, 6, 7, notFound]);
  });

  it('counts the processes that may not be looked into', () => {
    const denied = { fd: systemError('EACCES') };
    expect(tableOf({ 5: denied, 6: denied, 7: holding(1) }).unseen.denied).toBe(2);
  });

  it('knows whether the holder still is one', () => {
    const table = tableOf({ 5: holding(10, 11), 6: holding(20) });
    const now = fakeProc({ processes: { 5: holding(10, 99) } });
    expect(table.isStillTrue(now, 10)).toBe(true);
    expect(table.isStillTrue(now, 11)).toBe(false);
    expect(table.isStillTrue(now, 20)).toBe(false);
  });

  it('takes nobody for an answer only once it was looked for: a socket may be younger than a walk', () => {
    const unheld = unheldInodes();
    const proc = fakeProc({});
    const first = tableOf({ 5: holding(10) }, unheld);
    first.pidOf(40);
    expect(first.isStillTrue(proc, 40)).toBe(false);
    const second = tableOf({ 5: holding(10) }, unheld);
    expect(second.isStillTrue(proc, 40)).toBe(true);
    expect(second.isStillTrue(proc, 50)).toBe(false);
  });
});
