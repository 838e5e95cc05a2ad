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
});
