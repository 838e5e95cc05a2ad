import { describe, expect, it } from 'vitest';
import type { OtherDescriptor } from '../../../../src/sources/linux/owners/socket-descriptors.ts';
import { noDescriptor } from '../../../../src/sources/linux/owners/socket-descriptors.ts';
import { nothingUnseen } from '../../../../src/sources/linux/owners/unseen-processes.ts';
import { walkAtOnce } from '../../../../src/sources/linux/owners/walk-at-once.ts';
import type { WalkShare } from '../../../../src/sources/linux/owners/walk-share.ts';
import { ownersAtOnceOf, telling } from '../support/fake-owners-at-once.ts';
import { type FakeMachine, fakeProc, systemError } from '../support/fake-proc.ts';

const rowsOf = (share: WalkShare | null) => {
  if (share === null) return null;
  const { length, pids, inodes, fds } = share.found;
  return Array.from({ length }, (_, at) => [pids[at], inodes[at], fds[at]]);
};

const ring = 'anon_inode:[io_uring]';
const fdinfo = 'pos:\t0\nUserFiles:\t3\n    0: socket:[70]\n    1: /dev/null\n    2: socket:[71]\n';

describe('walkAtOnce', () => {
  const held = ownersAtOnceOf([[5, 10, 3], [5, 11, 4], [7, 10, 9]]); // biome-ignore format: a row

  it('returns what the kernel reports, as if all processes had been looked at', async () => {
    const proc = telling(fakeProc({}), held);
    const share = await walkAtOnce(proc, [5, 6, 7], 'all', null);
    expect(rowsOf(share)).toEqual([[5, 10, 3], [5, 11, 4], [7, 10, 9]]); // biome-ignore format: a row
    expect(share).toMatchObject({ walked: 3, isAtOnce: true, unseen: nothingUnseen() });
    expect(proc.asked).toEqual([['all', null]]);
    expect(proc.calls).toEqual(['link 5/exe', 'link 6/exe', 'link 7/exe']);
  });

  it('lists only what is wanted, although the kernel reports some others too', async () => {
    const proc = telling(fakeProc({}), held);
    const share = await walkAtOnce(proc, [5, 6, 7], 'netstat', new Set([10, 99]));
    expect(rowsOf(share)).toEqual([[5, 10, 3], [7, 10, 9]]); // biome-ignore format: a row
    expect(proc.asked).toEqual([['netstat', [10, 99]]]);
    // One has no holder, so that all are looked at who might be it.
    expect(new Set(proc.calls)).toEqual(new Set(['link 5/exe', 'link 6/exe', 'link 7/exe']));
  });

  it('looks only at those who hold what is wanted where all of it has a holder', async () => {
    const exe = systemError('EACCES');
    const proc = telling(fakeProc({ processes: { 6: { fd: {}, exe } } }), held);
    const share = await walkAtOnce(proc, [5, 6, 7], 'netstat', new Set([11]), true);
    expect(rowsOf(share)).toEqual([[5, 11, 4]]);
    expect(share).toMatchObject({ walked: 3, isAtOnce: true, unseen: nothingUnseen() });
    expect(proc.calls).toEqual(['link 5/exe']);
    expect(proc.asked).toEqual([['netstat', [11], 'fitting']]);
  });

  it('looks at all if every holder of what is wanted matters', async () => {
    const proc = telling(fakeProc({}), held);
    const share = await walkAtOnce(proc, [5, 6, 7], 'all', new Set([10]));
    expect(rowsOf(share)).toEqual([[5, 10, 3], [7, 10, 9]]); // biome-ignore format: a row
    expect(proc.calls).toEqual(['link 5/exe', 'link 6/exe', 'link 7/exe']);
  });

  it('counts whom this user may not look into once, where a holder is among them', async () => {
    const exe = systemError('EACCES');
    const proc = telling(fakeProc({ processes: { 5: { fd: {}, exe } } }), held);
    const share = await walkAtOnce(proc, [5, 6, 7], 'netstat', new Set([10, 11]));
    expect([rowsOf(share), share?.unseen.denied]).toEqual([[[7, 10, 9]], 1]);
  });

  it.each(['EACCES', 'EPERM'])(
    'leaves out whom this user may not look into, and counts them: %s',
    async (code) => {
      const proc = telling(
        fakeProc({ processes: { 5: { fd: {}, exe: systemError(code) } } }),
        held,
      );
      const share = await walkAtOnce(proc, [5, 6, 7], 'all', null);
      expect([rowsOf(share), share?.unseen.denied]).toEqual([[[7, 10, 9]], 1]);
    },
  );

  it('leaves out a process that was not there when they were listed', async () => {
    const share = await walkAtOnce(telling(fakeProc({}), held), [7], 'all', null);
    expect(rowsOf(share)).toEqual([[7, 10, 9]]);
  });

  it.each<[string, FakeMachine & { way?: 'none' | 'left out' | 'refused' }]>([
    ['there is no way to ask', { way: 'left out' }],
    ['this user may not ask', { way: 'none' }],
    ['it refuses', { way: 'refused' }],
  ])('is none where %s', async (_, { way }) => {
    const proc = fakeProc({});
    const asked = { ...proc, ...(way === 'none' && { ownersAtOnce: () => null }) };
    const share = await walkAtOnce(
      way === 'refused' ? telling(proc, null) : asked,
      [5],
      'all',
      null,
    );
    expect(share).toBeNull();
  });
});

describe('a ring among what is of no file system', () => {
  async function found(machine: FakeMachine, others: readonly OtherDescriptor[]) {
    const proc = telling(fakeProc(machine), ownersAtOnceOf([[5, 10, 3]], others));
    const share = await walkAtOnce(proc, [5, 6], 'all', null);
    return { rows: rowsOf(share), unseen: share?.unseen, calls: proc.calls };
  }

  it('has its sockets held by the process, without a descriptor', async () => {
    const machine = { processes: { 6: { fd: { 8: ring } } }, files: { '6/fdinfo/8': fdinfo } };
    const { rows } = await found(machine, [{ pid: 6, tid: 6, fd: 8 }]);
    expect(rows).toEqual([[5, 10, 3], [6, 70, noDescriptor], [6, 71, noDescriptor]]); // biome-ignore format: a row
  });

  it('is looked at in the table of the thread that has it, and held by the process', async () => {
    const threads = { 9: { fd: { 8: ring } } };
    const machine = {
      processes: { 6: { fd: { 8: '/dev/null' }, threads } },
      files: { '6/task/9/fdinfo/8': fdinfo, '6/fdinfo/8': '    0: socket:[1]\n' },
    };
    const { rows } = await found(machine, [{ pid: 6, tid: 9, fd: 8 }]);
    expect(rows).toEqual([[5, 10, 3], [6, 70, noDescriptor], [6, 71, noDescriptor]]); // biome-ignore format: a row
  });

  it('is distinguished from an epoll and the like, of which nothing more is read', async () => {
    const machine = { processes: { 6: { fd: { 8: 'anon_inode:[eventpoll]' } } } };
    const { rows, calls } = await found(machine, [{ pid: 6, tid: 6, fd: 8 }]);
    expect(rows).toEqual([[5, 10, 3]]);
    expect(calls).toEqual(['link 5/exe', 'link 6/exe', 'link 6/fd/8']);
  });

  it.each([
    ['ENOENT', 0, 0],
    ['ESRCH', 0, 0],
    ['EACCES', 1, 0],
    ['EMFILE', 0, 1],
  ])(
    'is counted where it cannot be looked at, unless it has ended: %s',
    async (code, denied, failed) => {
      const others = [{ pid: 6, tid: 6, fd: 8 }];
      for (const machine of [
        { processes: { 6: { fd: { 8: systemError(code) as unknown as string } } } },
        { processes: { 6: { fd: { 8: ring } } }, files: { '6/fdinfo/8': systemError(code) } },
      ]) {
        const { rows, unseen } = await found(machine, others);
        expect(rows).toEqual([[5, 10, 3]]);
        expect(unseen).toMatchObject({ denied, failed });
      }
    },
  );
});
