import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  datagramReads,
  endsAnswer,
  largestDatagram,
} from '../../../../src/sources/linux/reader/datagram-reads.ts';
import { done, inetBody, message, refusal } from '../netlink/support.ts';

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

describe('reads of datagrams', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'datagrams-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const holding = (name: string, bytes: Uint8Array) => {
    const file = join(folder, name);
    writeFileSync(file, bytes);
    return openSync(file, 'r');
  };

  it('are none where a datagram might not fit', () => {
    const read = datagramReads(holding('room', Buffer.concat([socket, done])));
    const buffer = Buffer.alloc(2 * largestDatagram);
    expect(read(buffer, largestDatagram + 1)).toBe(0);
    expect(read(buffer, largestDatagram)).toBe(socket.length + done.length);
  });

  it('are none behind the last message, which would be waited for', () => {
    const read = datagramReads(holding('last', Buffer.concat([done, socket])));
    const buffer = Buffer.alloc(largestDatagram);
    expect(read(buffer, 0)).toBe(done.length + socket.length);
    expect(read(buffer, 0)).toBe(0);
  });
});
