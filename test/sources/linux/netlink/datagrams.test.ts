import { describe, expect, it } from 'vitest';
import { endsAnswer, isSocket, wordsOf } from '../../../../src/sources/linux/netlink/datagrams.ts';
import { done, inetBody, message, refusal } from './support.ts';

const socket = message(20, inetBody({ state: 1, local: [[], 1], remote: [[], 2] }));

describe('an answer ends', () => {
  it.each<[string, readonly Buffer[], boolean]>([
    ['with NLMSG_DONE', [socket, done], true],
    ['with NLMSG_ERROR', [refusal(2)], true],
    ['with a message of no length, which nothing could come behind', [Buffer.alloc(16)], true],
    ['not with sockets', [socket, socket], false],
    ['not with nothing', [], false],
  ])('%s', (_, messages, expected) => {
    const bytes = Buffer.concat([Buffer.alloc(8), ...messages]);
    expect(endsAnswer(bytes, 8, bytes.length)).toBe(expected);
  });
});

describe('a message is a socket', () => {
  const least = socket.length;
  const of = (bytes: Buffer) => isSocket(wordsOf(new Uint8Array(bytes)), 0, bytes.length, least);

  it.each<[string, Buffer, boolean]>([
    ['in the type of a newer request', socket, true],
    ['in the type of an older one', message(18, socket.subarray(16)), true],
    ['not in another type', message(99, socket.subarray(16)), false],
    ['not if it is too short', message(20, socket.subarray(16, -4)), false],
    ['not if its end is missing', socket.subarray(0, -4), false],
    ['not if only a part of its header is there', socket.subarray(0, 12), false],
  ])('%s', (_, bytes, expected) => {
    expect(of(bytes)).toBe(expected);
  });
});
