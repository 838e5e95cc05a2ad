import { describe, expect, it } from 'vitest';
import type { InetFamily, InetProtocol } from '../../../../src/model/protocol.ts';
import { keptDevice } from '../../../../src/model/socket/device.ts';
import type { InetSocket } from '../../../../src/model/socket/socket.ts';
import { takesIpv4 } from '../../../../src/model/socket/v6only.ts';
import {
  inetMessageParser,
  type MessageFacts,
} from '../../../../src/sources/linux/netlink/inet-message.ts';
import { keptRecord } from '../../../../src/sources/linux/sockets/kernel-record.ts';
import { attributeBytes, type InetBody, inetBody, message } from './support.ts';

const plain: InetBody = {
  state: 1,
  local: [[192, 0, 2, 1], 443],
  remote: [[203, 0, 113, 9], 40112],
  recvQueue: 5,
  sendQueue: 7,
  uid: 33,
  inode: 24153,
};

function parsed(
  changes: Partial<InetBody>,
  protocol: InetProtocol = 'tcp',
  family: InetFamily = 'inet',
): InetSocket {
  const bytes = message(20, inetBody({ ...plain, ...changes }));
  return inetMessageParser(protocol, family)(bytes, 0, bytes.length);
}

/** The beginning of `struct tcp_info`. */
const info = (retransmits: number, probes: number) =>
  attributeBytes(2, Uint8Array.of(1, 0, retransmits, probes, 0, 0, 0, 0));
const off = { kind: 'off', expiresIn: 0, retransmits: 0, probes: 0 };

describe('a socket of sock_diag', () => {
  it.each([
    [0, 0x12_3456_789a_bcden, 0x2_3456_789a_bcde],
    [7, 5n, 0],
  ])('keeps the number of its record if it has no inode', (inode, cookie, record) => {
    const bytes = message(20, inetBody({ ...plain, inode, cookie }));
    const row = inetMessageParser('tcp', 'inet', { records: true })(bytes, 0, bytes.length);
    expect(keptRecord(row)).toBe(record);
  });

  it('is the row of /proc', () => {
    expect(parsed({})).toEqual({
      protocol: 'tcp',
      family: 'inet',
      local: { address: '192.0.2.1', port: 443, zone: null },
      remote: { address: '203.0.113.9', port: 40112, zone: null },
      state: 'ESTABLISHED',
      recvQueue: 5,
      sendQueue: 7,
      timer: off,
      uid: 33,
      inode: 24153,
      owners: null,
      noOwner: null,
    });
  });

  it.each<[string, Partial<InetBody>, Partial<InetSocket>]>([
    ['a listener shows no limit of its queue', { state: 10, sendQueue: 128 }, { sendQueue: 0 }],
    ['TIME_WAIT has no inode', { state: 6, inode: 0 }, { state: 'TIME_WAIT', inode: null }],
    ['an uid of 32 bits', { uid: 0xffff_fffe }, { uid: 4294967294 }],
    ['an inode of 32 bits', { inode: 0xffff_ffff }, { inode: 4294967295 }],
    ['a state that has no name', { state: 99 }, { state: 'UNKNOWN(99)' }],
  ])('%s', (_, changes, expected) => {
    expect(parsed(changes)).toMatchObject(expected);
  });

  it.each<[string, Partial<InetBody>, InetSocket['timer']]>([
    [
      'retransmission, its count where the record is not asked for',
      { timer: 1, retrans: 3, expires: 1234 },
      { kind: 'on', expiresIn: 1230, retransmits: 3, probes: 0 },
    ],
    [
      'keepalive counts probes',
      { timer: 2, retrans: 2, expires: 7_200_000 },
      { kind: 'keepalive', expiresIn: 7_200_000, retransmits: 0, probes: 2 },
    ],
    [
      'both counts of the record',
      { timer: 4, retrans: 2, expires: 99, attributes: [info(5, 2)] },
      { kind: 'probe', expiresIn: 90, retransmits: 5, probes: 2 },
    ],
    [
      'counts without a timer',
      { timer: 0, attributes: [info(1, 0)] },
      { kind: 'off', expiresIn: 0, retransmits: 1, probes: 0 },
    ],
    [
      'probes without a timer',
      { timer: 0, attributes: [info(0, 2)] },
      { kind: 'off', expiresIn: 0, retransmits: 0, probes: 2 },
    ],
    ['none', { attributes: [info(0, 0)] }, off as InetSocket['timer']],
    [
      'TIME_WAIT',
      { state: 6, timer: 3, expires: 59_999 },
      { kind: 'timewait', expiresIn: 59_990, retransmits: 0, probes: 0 },
    ],
    [
      'one that has no name',
      { timer: 9 },
      { kind: 'unknown(9)', expiresIn: 0, retransmits: 0, probes: 0 },
    ],
  ])('timer: %s', (_, changes, timer) => {
    expect(parsed(changes).timer).toEqual(timer);
  });

  it('reads IPv6, mapped addresses too, each in canonical text', () => {
    const mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1];
    const other = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9];
    const { local, remote } = parsed({ local: [mapped, 1], remote: [other, 2] }, 'tcp', 'inet6');
    expect([local.address, remote.address]).toEqual(['::ffff:192.0.2.1', '2001:db8::9']);
  });

  it.each([
    [1, 'ESTABLISHED'],
    [7, 'UNCONN'],
    [4, 'UNKNOWN(4)'],
  ])('state %d of UDP is %s, and it has its own send queue', (state, expected) => {
    expect(parsed({ state, sendQueue: 9 }, 'udp')).toMatchObject({ state: expected, sendQueue: 9 });
  });

  it('passes over attributes that lie about their length', () => {
    const broken = Buffer.from([0xff, 0xff, 2, 0]);
    expect(parsed({ timer: 1, retrans: 3, attributes: [broken] }).timer?.retransmits).toBe(3);
    const empty = Buffer.from([0, 0, 2, 0]);
    expect(parsed({ timer: 1, retrans: 3, attributes: [empty] }).timer?.retransmits).toBe(3);
  });
});

describe('what sock_diag reports of a socket beyond its row', () => {
  /** Memory by SK_MEMINFO_*, in its order; a mark; a cookie whose high word counts. */
  const words = (...numbers: number[]) => {
    const bytes = Buffer.alloc(4 * numbers.length);
    for (const [i, number] of numbers.entries()) bytes.writeUInt32LE(number, 4 * i);
    return bytes;
  };
  const memory = attributeBytes(7, words(2304, 4096, 1, 16384, 1792, 5, 6, 7, 4294967295));
  const mark = attributeBytes(15, words(0xffff_fffe));
  const told = (changes: Partial<InetBody>, protocol: InetProtocol = 'tcp') => {
    const bytes = message(20, inetBody({ ...plain, cookie: 0x1_0000_0005n, ...changes }));
    return inetMessageParser(protocol, 'inet', { socketInfo: true })(bytes, 0, bytes.length);
  };

  it('has every part of it', () => {
    expect(told({ attributes: [memory, mark] })).toMatchObject({
      acceptQueue: null,
      drops: 4294967295,
      memory: {
        ...{ receive: 2304, receiveLimit: 4096, send: 1, sendLimit: 16384 },
        ...{ forward: 1792, queued: 5, options: 6, backlog: 7 },
      },
      mark: 0xffff_fffe,
      cookie: 0x1_0000_0005n,
    });
  });

  it.each<[string, Partial<InetBody>, InetProtocol, Partial<InetSocket>]>([
    [
      'a listener has a queue and its limit',
      { state: 10, recvQueue: 3, sendQueue: 128 },
      'tcp',
      { acceptQueue: { length: 3, limit: 128 }, recvQueue: 3, sendQueue: 0 },
    ],
    [
      'what is not reported is null, not 0',
      { state: 6, inode: 0 },
      'tcp',
      { acceptQueue: null, drops: null, memory: null, mark: null },
    ],
    [
      'an older kernel counts no drops',
      { attributes: [attributeBytes(7, words(1, 2, 3, 4, 5, 6, 7, 8))] },
      'tcp',
      { drops: null, memory: expect.objectContaining({ backlog: 8 }) },
    ],
    [
      'a record that is too short is none',
      { attributes: [attributeBytes(7, words(1, 2))] },
      'tcp',
      { drops: null, memory: null },
    ],
    ['UDP borrows code 7, not 10', { state: 7 }, 'udp', { state: 'UNCONN', acceptQueue: null }],
  ])('%s', (_, changes, protocol, expected) => {
    expect(told(changes, protocol)).toMatchObject(expected);
  });
});

describe('the interface that a socket is bound to', () => {
  const socketOf = (device: number, facts: MessageFacts) => {
    const bytes = message(20, inetBody({ ...plain, device }));
    return inetMessageParser('tcp', 'inet', facts)(bytes, 0, bytes.length);
  };
  const deviceName = (index: number) => (index === 0xffff_fffe ? 'br-0' : String(index));

  it.each<[string, number, string | null]>([
    ['has its name', 0xffff_fffe, 'br-0'],
    ['has its number where it has no name any more', 7, '7'],
    ['is none', 0, null],
  ])('%s', (_, index, device) => {
    expect(socketOf(index, { socketInfo: true, deviceName })).toMatchObject({ device });
    const kept = socketOf(index, { devices: true, deviceName });
    expect(keptDevice(kept)).toEqual(device && { index, name: device });
    expect(Object.keys(kept)).not.toContain('device');
  });

  it('is its number if names are unknown, and is not read if not requested', () => {
    expect(socketOf(3, { socketInfo: true }).device).toBe('3');
    const refuse = () => {
      throw new Error('asked');
    };
    expect(keptDevice(socketOf(3, { deviceName: refuse }))).toBeNull();
    expect(socketOf(0, { socketInfo: true, devices: true, deviceName: refuse }).device).toBeNull();
  });
});

describe('whether a server of IPv6 takes IPv4 too', () => {
  const any = [new Array<number>(16).fill(0), 80] as const;
  const none = [any[0], 0] as const;
  it.each<[string, Partial<InetBody>, boolean | null]>([
    ['is reported', { attributes: [attributeBytes(11, Uint8Array.of(0))] }, true],
    [
      'is reported of one that does not',
      { attributes: [attributeBytes(11, Uint8Array.of(1))] },
      false,
    ],
    ['is not known of an older kernel', {}, null],
    [
      'is not known of a value without a byte',
      { attributes: [attributeBytes(11, Buffer.alloc(0))] },
      null,
    ],
  ])('%s', (_, changes, expected) => {
    const body = { ...plain, family: 10, state: 10, local: any, remote: none, ...changes };
    const bytes = message(20, inetBody(body));
    for (const asked of [{ socketInfo: true }, { v6only: true }]) {
      const socket = inetMessageParser('tcp', 'inet6', asked)(bytes, 0, bytes.length);
      expect(takesIpv4(socket)).toBe(expected);
      expect(Object.keys(socket)).not.toContain('v6only');
    }
  });
});

describe('a socket that is only bound', () => {
  it.each<[string, Partial<InetBody>, InetProtocol, InetSocket['state']]>([
    ['has no remote port', { state: 7, remote: [[0, 0, 0, 0], 0] }, 'tcp', 'BOUND'],
    ['is none of a closed connection', { state: 7 }, 'tcp', 'CLOSE'],
    ['is none of UDP', { state: 7, remote: [[0, 0, 0, 0], 0] }, 'udp', 'UNCONN'],
  ])('%s', (_, changes, protocol, state) => {
    expect(parsed(changes, protocol).state).toBe(state);
  });
});
