import { describe, expect, it } from 'vitest';
import { ownerMemory } from '../../../../src/sources/linux/owners/owner-memory.ts';
import { fakeProc, systemError } from '../support/fake-proc.ts';

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
    const { holders } = await memory.find(proc, new Set([10, 20]));
    expect([...holders].map(([inode, { pid }]) => [inode, pid])).toEqual([
      [10, 5],
      [20, 6],
    ]);
    expect(proc.calls).toEqual(['link 5/fd/3', 'link 6/fd/3']);
  });

  it('searches again for what is new, and finds who took over', async () => {
    const memory = ownerMemory();
    await memory.find(fakeProc({ processes: { 5: holding(10) } }), new Set([10]));
    const proc = fakeProc({ processes: { 5: holding(99), 6: holding(10, 30) } });
    const { holders } = await memory.find(proc, new Set([10, 30]));
    expect(holders.get(10)).toEqual({ pid: 6, fd: '3' });
    expect(holders.get(30)).toEqual({ pid: 6, fd: '4' });
  });

  it('does not search round after round for what nobody holds', async () => {
    const memory = ownerMemory();
    const machine = { processes: { 5: holding(10), 7: { fd: systemError('EACCES') } } };
    expect((await memory.find(fakeProc(machine), new Set([10, 40]))).unseen.denied).toBe(1);
    const proc = fakeProc(machine);
    const { holders, unseen } = await memory.find(proc, new Set([10, 40]));
    expect([...holders.keys()]).toEqual([10]);
    expect(unseen.denied).toBe(1);
    expect(proc.calls).toEqual(['link 5/fd/3']);
  });

  it('looks for the ownerless on the next occasion', async () => {
    const memory = ownerMemory();
    await memory.find(fakeProc({ processes: { 5: holding(10) } }), new Set([10, 40]));
    const proc = fakeProc({ processes: { 5: holding(10), 6: holding(40, 50) } });
    const { holders } = await memory.find(proc, new Set([10, 40, 50]));
    expect([...holders.keys()].sort()).toEqual([10, 40, 50]);
  });
});
