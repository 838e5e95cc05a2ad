import { describe, expect, it } from 'vitest';
import { unixInfo } from '../../../../src/sources/linux/netlink/unix-info.ts';
import { warningSink } from '../../../support/source-answers.ts';
import { fakeProc } from '../support/fake-proc.ts';
import { type Answers, attributeBytes, done, fakeKernel, message, refusal } from './support.ts';

function words(...numbers: number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length);
  for (const [i, number] of numbers.entries()) bytes.writeUInt32LE(number, 4 * i);
  return bytes;
}

/** `struct unix_diag_msg` of a socket, and attributes. */
function socket(inode: number, state: number, ...attributes: Buffer[]): Buffer {
  const body = Buffer.alloc(16);
  body.set([1, 1, state]);
  body.writeUInt32LE(inode, 4);
  body.writeBigUInt64LE(0x1_0000_0005n, 8);
  return message(20, Buffer.concat([body, ...attributes]));
}

function infos(answers: Answers | null, withMemory = true) {
  const kernel = answers && fakeKernel(answers);
  const sink = warningSink();
  const proc = { ...fakeProc({}), sockDiag: () => kernel?.ask ?? null };
  const { find, errno } = unixInfo(proc, withMemory, sink);
  return { find, errno, warnings: sink.warnings, ...kernel?.log };
}

describe('the queues and the memory of UNIX sockets', () => {
  it('are no reason to hide a fault of the program', () => {
    const fault = new TypeError('x is not a function');
    expect(() => infos(() => [fault])).toThrow(fault);
  });

  const memory = attributeBytes(5, words(1, 2, 3, 4, 5, 6, 7, 8, 9));
  const queues = (length: number, limit: number) => attributeBytes(4, words(length, limit));

  it.each([
    ['UDIAG_SHOW_RQLEN and UDIAG_SHOW_MEMINFO', true, 48],
    ['UDIAG_SHOW_RQLEN alone', false, 16],
  ])('are asked for in the form of struct unix_diag_req: %s', (_, withMemory, show) => {
    const { requests: [sent = Buffer.alloc(0)] = [] } = infos(() => [done], withMemory);
    // AF_UNIX, any state, any inode.
    expect([sent[16], sent.readUInt32LE(20), sent.readUInt32LE(24), sent.readUInt32LE(28)]).toEqual(
      [1, 0xffffffff, 0, show],
    );
  });

  it('go by inode, and a listener has a queue of connections', () => {
    const answer = [socket(11, 1, memory, queues(10, 20)), socket(12, 10, queues(3, 128)), done];
    const { find, warnings } = infos(() => [Buffer.concat(answer)]);
    const cookie = 0x1_0000_0005n;
    expect([11, 12, 13].map((inode) => find?.(inode))).toEqual([
      {
        ...{ recvQueue: 10, sendQueue: 20, acceptQueue: null, drops: 9, mark: null, cookie },
        device: null,
        memory: {
          ...{ receive: 1, receiveLimit: 2, send: 3, sendLimit: 4 },
          ...{ forward: 5, queued: 6, options: 7, backlog: 8 },
        },
      },
      {
        ...{ recvQueue: 3, sendQueue: 0, acceptQueue: { length: 3, limit: 128 } },
        ...{ drops: null, memory: null, mark: null, cookie, device: null },
      },
      null,
    ]);
    expect(warnings).toEqual([]);
  });

  it('are null if they are not reported, and left out if there is no inode', () => {
    const { find } = infos(() => [
      Buffer.concat([socket(0, 1, queues(1, 1)), socket(13, 10)]),
      done,
    ]);
    expect(find?.(0)).toBeNull();
    expect(find?.(13)).toMatchObject({ recvQueue: null, acceptQueue: null, memory: null });
  });

  it('become an object when they are looked up, not for as long as the table is read', () => {
    const { find } = infos(() => [Buffer.concat([socket(11, 1, queues(10, 20)), done])]);
    expect(find?.(11)).toEqual(find?.(11));
    expect(find?.(11)).not.toBe(find?.(11));
  });

  it('are reported as far as the kernel got, with a note on the rest', () => {
    const { find, warnings } = infos(() => [socket(11, 1, queues(10, 20)), refusal(12)]);
    expect([find?.(11)?.recvQueue, find?.(12)]).toEqual([10, null]);
    expect(warnings).toMatchObject([
      { code: 'unreadable', message: 'sock_diag (unix): cannot be read (ENOMEM): out of memory' },
    ]);
  });

  it.each<[string, Answers | null, string]>([
    ['the kernel is not to be asked', null, ''],
    ['it refuses', () => [refusal(2)], 'ENOENT'],
  ])('are not known where %s', (_, answers, errno) => {
    expect(infos(answers)).toMatchObject({ find: null, errno });
  });
});
