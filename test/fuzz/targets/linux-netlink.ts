import fc from 'fast-check';
import { expect } from 'vitest';
import type { TcpInfo } from '../../../src/model/tcp-info.ts';
import { parseTcpInfo } from '../../../src/sources/linux/netlink/tcp-info.ts';
import { leastUnixMessage, parseUnixPeer } from '../../../src/sources/linux/netlink/unix-diag.ts';
import { parseUnixInfo } from '../../../src/sources/linux/netlink/unix-info.ts';
import type { Target } from '../target.ts';

const bytes = (least: number) =>
  fc.array(fc.nat(255), { minLength: least, maxLength: least + 400 });

/** A message whose header is there, with any attributes after it. */
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

/** Queues, memory and the cookie of a UNIX socket, with any attributes. */
const unixInfo: Target<readonly number[]> = {
  name: 'linux-unix-info',
  covers: ['parseUnixInfo'],
  input: bytes(leastUnixMessage),
  read: (message) => parseUnixInfo(Buffer.from(message), 0, message.length),
  check(message) {
    const { info } = parseUnixInfo(Buffer.from(message), 0, message.length);
    for (const number of [info.recvQueue, info.sendQueue, info.mark, info.drops]) {
      expect(number === null || (Number.isInteger(number) && number >= 0)).toBe(true);
    }
  },
  growing: {},
};

export const linuxNetlinkTargets = [unixPeer, unixInfo, tcpInfo] as const;
