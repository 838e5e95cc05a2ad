import { describe, expect, it } from 'vitest';
import { endsAnswer } from '../../../../src/sources/linux/netlink/datagrams.ts';
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
