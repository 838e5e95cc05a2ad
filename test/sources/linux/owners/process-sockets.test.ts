import { describe, expect, it } from 'vitest';
import {
  parseRegistered,
  visitEverySocket,
} from '../../../../src/sources/linux/owners/process-sockets.ts';
import { nothingUnseen } from '../../../../src/sources/linux/owners/unseen-processes.ts';
import { type FakeMachine, type FakeProcess, fakeProc, systemError } from '../support/fake-proc.ts';

/** What a process is seen to hold, and what of it was out of sight. */
function heldBy(process: FakeProcess, files: FakeMachine['files'] = {}) {
  const proc = fakeProc({ processes: { 77: process }, files });
  const unseen = nothingUnseen();
  const held: [number, number | null][] = [];
  visitEverySocket(proc, 77, unseen, (inode, fd) => held.push([inode, fd]));
  return { held, unseen, calls: proc.calls };
}
const first = { 3: 'socket:[10]' };

describe('threads', () => {
  it('are not looked at where each shares the table of its process', () => {
    const threads = { 78: { fd: first, count: 1 }, 79: { fd: first, count: 1 } };
    const { held, calls } = heldBy({ fd: first, count: 1, threads });
    expect([held, calls]).toEqual([[[10, 3]], ['list 77', 'link 77/fd/3']]);
  });

  it('are looked at where one has a table of its own', () => {
    const own = { 3: 'socket:[10]', 4: 'socket:[20]' };
    const threads = { 78: { fd: first, count: 1 }, 79: { fd: own, count: 2 } };
    expect(heldBy({ fd: first, count: 1, threads }).held).toEqual([
      [10, 3],
      [10, 3],
      [20, 4],
    ]);
  });

  it.each([
    ['by the number of descriptors', 0, 1],
    ['of old kernels, which do not report that number', undefined, undefined],
  ])('go on where the first has ended: %s', (_, none, one) => {
    const thread = { fd: first, ...(one !== undefined && { count: one }) };
    const threads = { 78: { fd: systemError('ENOENT') }, 79: thread, 80: thread };
    const ended = { fd: {}, ...(none !== undefined && { count: none }), threads };
    const { held, calls } = heldBy(ended);
    expect(held).toEqual([[10, 3]]);
    expect(calls).not.toContain('list 77/task/80');
  });

  it('of a process that could not be inspected are not asked for', () => {
    const threads = { 78: { fd: first, count: 1 } };
    const { unseen, calls } = heldBy({ fd: systemError('EACCES'), threads });
    expect([unseen.denied, calls]).toEqual([1, ['list 77']]);
  });
});

describe('a process that may not be inspected', () => {
  const fd = systemError('EACCES');

  it('is not out of sight if it has no descriptors, as a kernel thread', () => {
    expect(heldBy({ fd, count: 0 }).unseen).toEqual(nothingUnseen());
  });

  it.each([
    ['it has some', { fd, count: 1 }],
    ['their number is not known', { fd }],
    ['threads of it may have', { fd, count: 0, threads: { 78: { fd, count: 1 } } }],
  ])('is if %s', (_, process) => {
    expect(heldBy(process).unseen.denied).toBe(1);
  });
});

describe('an io_uring', () => {
  const fd = { 3: 'anon_inode:[io_uring]', 4: 'socket:[10]' };

  it('holds what is registered with it, without a descriptor', () => {
    const files = { '77/fdinfo/3': 'UserFiles:\t3\n    1: socket:[20]\nUserBufs:\t0\n' };
    expect(heldBy({ fd }, files).held).toEqual([
      [20, null],
      [10, 4],
    ]);
  });

  it('that could not be inspected is reported', () => {
    const { held, unseen } = heldBy({ fd }, { '77/fdinfo/3': systemError('EMFILE') });
    expect([held, unseen.failed, unseen.error]).toEqual([[[10, 4]], 1, 'EMFILE']);
  });
});

describe('parseRegistered', () => {
  it.each([
    [
      'sockets among other files',
      '    0: /dev/null\n    1: socket:[7]\n   12: socket:[8]\n',
      [7, 8],
    ],
    ['a file that goes by such a name', '    0: /tmp/socket:[7]\n    1: /tmp/1: socket:[8]\n', []],
    ['no socket', 'pos:\t0\nino:\t558317\nUserFiles:\t0\nUserBufs:\t0\n', []],
    ['a form of a line that is not known', '1: socket:[7] <more>\n', []],
    ['nothing', '', []],
  ])('%s', (_, text, inodes) => {
    expect(parseRegistered(text)).toEqual(inodes);
  });
});
