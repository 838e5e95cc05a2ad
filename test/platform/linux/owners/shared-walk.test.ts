import { describe, expect, it } from 'vitest';
import { walkShare } from '../../../../src/platform/linux/owners/find-all.js';
import { walkAll } from '../../../../src/platform/linux/owners/shared-walk.js';
import { fakeProc, systemError } from '../support/fake-proc.js';

const holding = (...inodes: number[]) => ({
  fd: Object.fromEntries(inodes.map((inode, at) => [at + 3, `socket:[${inode}]`])),
});
const processes = { 5: holding(10, 11), 6: { fd: systemError('EACCES') }, 7: holding(20) };

describe('the walk through all processes', () => {
  it('is shared by turns: together the shares are the whole', () => {
    const proc = fakeProc({ processes });
    const pids = proc.processIds();
    let turn = 0;
    const next = () => turn++;
    const first = walkShare(proc, [...pids], () => (turn < 1 ? next() : pids.length));
    const second = walkShare(proc, pids, next);
    expect([first.walked, second.walked]).toEqual([1, 2]);
    expect([first.denied, second.denied]).toEqual([0, 1]);
    expect([...first.found.inodes.slice(0, first.found.length)]).toEqual([10, 11]);
    expect([...second.found.inodes.slice(0, second.found.length)]).toEqual([20]);
  });

  it('is one share where there are no threads', async () => {
    const shares = await walkAll(fakeProc({ processes }));
    expect(shares.map(({ walked, denied, found }) => [walked, denied, found.length])).toEqual([
      [3, 1, 3],
    ]);
  });

  it('pauses where the process has other things to do, and is whole all the same', async () => {
    const pids = Array.from({ length: 1000 }, (_, at) => at + 1);
    // One in a hundred holds very many descriptors, all others two.
    const countOf = (pid: number) => (pid % 100 === 0 ? 2000 : 2);
    const fd = (pid: number) =>
      Object.fromEntries(
        Array.from({ length: countOf(pid) }, (_, at) => [at, `socket:[${pid * 10_000 + at}]`]),
      );
    const many = Object.fromEntries(pids.map((pid) => [pid, { fd: fd(pid), count: countOf(pid) }]));
    const proc = fakeProc({ processes: many });
    const slices: number[] = [];
    let looked = 0;
    const pause = async () => {
      const now = proc.calls.filter((call) => call.startsWith('link')).length;
      slices.push(now - looked);
      looked = now;
    };
    const shares = await walkAll({ ...proc, pause });
    const inodes = shares.flatMap(({ found }) => [...found.inodes.slice(0, found.length)]);
    expect(inodes).toEqual(
      pids.flatMap((pid) => Array.from({ length: countOf(pid) }, (_, at) => pid * 10_000 + at)),
    );
    expect(shares.reduce((sum, { walked }) => sum + walked, 0)).toBe(1000);
    // A slice ends behind a process with very many, and else after 64 processes.
    expect(Math.max(...slices)).toBeLessThan(2000 + 64 * 2);
    expect(slices.length).toBe(20);
  });

  it('ends at a pause where the answer is no longer wanted', async () => {
    const proc = fakeProc({ processes });
    const pause = () => Promise.reject(new Error('not wanted'));
    await expect(walkAll({ ...proc, pause })).rejects.toThrow('not wanted');
  });
});
