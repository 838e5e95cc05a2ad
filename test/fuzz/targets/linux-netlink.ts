import fc from 'fast-check';
import { expect } from 'vitest';
import type { TcpInfo } from '../../../src/model/socket/tcp-info.ts';
import { closingParser } from '../../../src/sources/linux/closings/closing-message.ts';
import { parseTcpInfo } from '../../../src/sources/linux/netlink/tcp-info.ts';
import { leastUnixMessage, parseUnixPeer } from '../../../src/sources/linux/netlink/unix-diag.ts';
import { parseUnixInfo } from '../../../src/sources/linux/netlink/unix-info.ts';
import type { Target } from '../target.ts';

const bytes = (least: number) =>
  fc.array(fc.nat(255), { minLength: least, maxLength: least + 400 });

/** A whole header, then any attributes. */
const unixPeer: Target<readonly number[]> = {
  name: 'linux-unix-diag',
  covers: ['parseUnixPeer'],
  input: bytes(leastUnixMessage),
  read: (message) => parseUnixPeer(Buffer.from(message), 0, message.length),
  check(message) {
    const { inode, peer } = parseUnixPeer(Buffer.from(message), 0, message.length);
    for (const number of [inode, peer ?? 0]) {
      expect(Number.isInteger(number) && number >= 0 && number <= 0xffffffff).toBe(true);
    }
  },
  growing: {
    attributes: (size) => [
      ...new Array<number>(leastUnixMessage).fill(0),
      ...new Array<number[]>(Math.ceil(size / 4)).fill([4, 0, 7, 0]).flat(),
    ],
  },
};

/** A sock_diag message about a TCP socket with a valid length, type and family; the rest is arbitrary. */
function closingBytes(rest: readonly number[]): Buffer {
  const protocol = [5, 0, 10, 0, 6, 0, 0, 0];
  const body = rest.slice(0, 72);
  const bytes = Buffer.from([
    ...new Array<number>(16).fill(0),
    ...body,
    ...protocol,
    ...rest.slice(72),
  ]);
  bytes.writeUInt32LE(bytes.length, 0);
  bytes.writeUInt16LE(20, 4);
  bytes[16] = (rest[0] ?? 0) % 2 === 0 ? 2 : 10;
  return bytes;
}

/** The kernel's report of a destroyed socket. */
const closing: Target<readonly number[]> = {
  name: 'linux-closing',
  covers: ['closingParser'],
  input: bytes(72),
  read: (rest) => closingParser()(closingBytes(rest)),
  check(rest) {
    const closing = closingParser()(closingBytes(rest));
    expect(closing?.socket).toMatchObject({ protocol: 'tcp', uid: null, inode: null });
    for (const { port } of closing === null ? [] : [closing.socket.local, closing.socket.remote]) {
      expect(Number.isInteger(port) && port >= 0 && port <= 0xffff).toBe(true);
    }
    // Cut short, it must not throw.
    for (const end of [0, 15, 87, 88, 95]) closingParser()(closingBytes(rest).subarray(0, end));
  },
  growing: {
    attributes: (size) => [
      ...new Array<number>(72).fill(0),
      ...new Array<number[]>(Math.ceil(size / 4)).fill([4, 0, 7, 0]).flat(),
    ],
  },
};

/** A record of any length: older kernels have shorter ones. */
const tcpInfo: Target<readonly number[]> = {
  name: 'linux-tcp-info',
  covers: ['parseTcpInfo'],
  input: bytes(0),
  read: (record) => parseTcpInfo(Buffer.from(record), 'cubic'),
  check(record) {
    const { options, congestionControl, ...numbers } = parseTcpInfo(Buffer.from(record), 'cubic');
    expect(congestionControl).toBe('cubic');
    for (const [name, value] of Object.entries(numbers as Omit<TcpInfo, 'options'>)) {
      expect(value === null || (value as number) >= 0, `${name}: ${value}`).toBe(true);
    }
    expect(options === null || typeof options.sack === 'boolean').toBe(true);
  },
  growing: {},
};

/** Queues, memory and cookie of a UNIX socket, from any attributes. */
const unixInfo: Target<readonly number[]> = {
  name: 'linux-unix-info',
  covers: ['parseUnixInfo'],
  input: bytes(leastUnixMessage),
  read: (message) => parseUnixInfo(Buffer.from(message), 0, message.length),
  check(message) {
    const info = parseUnixInfo(Buffer.from(message), 0, message.length);
    for (const number of [info.recvQueue, info.sendQueue, info.mark, info.drops]) {
      expect(number === null || (Number.isInteger(number) && number >= 0)).toBe(true);
    }
  },
  growing: {},
};

export const linuxNetlinkTargets = [unixPeer, closing, unixInfo, tcpInfo] as const;
