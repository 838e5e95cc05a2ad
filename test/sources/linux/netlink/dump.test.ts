import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inetDump } from '../../../../src/sources/linux/netlink/row-dump.ts';
import { anyDatagrams, ports, request, socket } from './dumps.ts';
import { done, doneWith, fakeKernel, message, refusal } from './support.ts';

describe('a dump of sockets', () => {
  it('is a batch for each datagram, until the kernel reports the end', () => {
    const { batches, closed } = ports(() => [
      Buffer.concat([socket(1), socket(2)]),
      socket(3),
      Buffer.concat([socket(4), done]),
    ]);
    expect(batches).toEqual([[1, 2], [3], [4]]);
    expect(closed).toBe(1);
  });

  it('passes over messages of other kinds and those that are too short to be a socket', () => {
    const other = message(99, Buffer.alloc(80));
    const short = message(20, Buffer.alloc(40));
    expect(ports(() => [Buffer.concat([other, short, socket(1), done])]).batches).toEqual([[1]]);
  });

  it('reports that the kernel was interrupted', () => {
    const marked = message(3, Buffer.alloc(4), 2 | 0x10);
    expect(ports(() => [socket(1), marked]).interrupted).toBe(true);
    expect(ports(() => [socket(1), done]).interrupted).toBe(false);
  });

  it.each([
    ['no such module', [refusal(2)], 'ENOENT', []],
    ['a request that an old kernel cannot read', [refusal(22)], 'EINVAL', []],
    ['no answer in time', [Object.assign(new Error(), { code: 'EAGAIN' })], 'EAGAIN', []],
    ['a protocol that the kernel does not list', [doneWith(2)], 'ENOENT', []],
    ['an error at the end', [socket(1), doneWith(12)], 'ENOMEM', [[1]]],
    ['an error behind some', [socket(1), refusal(12)], 'ENOMEM', [[1]]],
    ['one in their datagram', [Buffer.concat([socket(1), doneWith(12)])], 'ENOMEM', [[1]]],
    ['an end in the middle of a message', [socket(1).subarray(0, 60)], 'EBADMSG', []],
    ['a length of nothing', [Buffer.alloc(16)], 'EBADMSG', []],
    ['nothing', [Buffer.alloc(0)], 'EBADMSG', []],
    ['a part of a header', [Buffer.concat([socket(1), Buffer.alloc(4)]), done], 'EBADMSG', [[1]]],
    ['an error without its number', [message(2, Buffer.alloc(0))], 'EBADMSG', []],
    ['an error that is none', [refusal(0)], 'EBADMSG', []],
    ['one of a positive number', [refusal(-5)], 'EBADMSG', []],
    ['an unknown one', [refusal(99_999)], 'Unknown system error -99999', []],
    ['the lowest number', [refusal(2 ** 31)], 'Unknown system error -2147483648', []],
  ])('fails on %s, and closes its socket', (_, datagrams, code, before) => {
    const { batches, failure, opened, closed } = ports(() => datagrams);
    expect(batches).toEqual(before);
    expect(failure).toMatchObject({ code });
    expect(closed).toBe(opened);
  });

  it('ends well with a number that is no error, and whatever is behind the end', () => {
    const end = Buffer.concat([doneWith(-5), Buffer.alloc(7)]);
    expect(ports(() => [Buffer.concat([socket(1), end])])).toMatchObject({
      ...{ batches: [[1]], failure: null },
    });
  });

  it('is closed by the caller that needs no more of it', () => {
    const { ask, log } = fakeKernel(() => [socket(1), socket(2), done]);
    for (const _ of inetDump(ask, request, {}).batches) break;
    expect(log.closed).toBe(1);
  });

  it('takes any bytes: each is a socket or passed over, or ends the answer with a code', () => {
    fc.assert(
      fc.property(anyDatagrams, (all) => {
        const { failure, opened, closed } = ports(() => [...all, done]);
        if (failure !== null) expect(failure).toMatchObject({ code: expect.stringMatching(/^E/) });
        expect(closed).toBe(opened);
      }),
    );
  });
});
