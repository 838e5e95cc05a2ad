import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type PackedFacts,
  socketAt,
  socketsIn,
  unknownUser,
} from '../../../../src/model/packed/sockets.ts';
import type { InetFamily, InetProtocol } from '../../../../src/model/protocol.ts';
import { hasPeer } from '../../../../src/model/socket/classify.ts';
import type { InetSocket } from '../../../../src/model/socket/socket.ts';
import type { TcpInfo } from '../../../../src/model/socket/tcp-info.ts';
import type { FurtherWanted } from '../../../../src/sources/linux/netlink/further-facts.ts';
import { inetMessageParser } from '../../../../src/sources/linux/netlink/inet-message.ts';
import {
  messageColumns,
  mostPackedRows,
} from '../../../../src/sources/linux/netlink/message-columns.ts';
import { messagePacker } from '../../../../src/sources/linux/netlink/message-packer.ts';
import { headerSize, stateCode, uidAt } from '../../../../src/sources/linux/netlink/sock-diag.ts';
import { keptCgroup } from '../../../../src/sources/linux/netlink/socket-cgroup.ts';
import { sharesHiddenClass } from '../../../support/hidden-class.ts';
import { infoAt, port, state, word } from '../../../support/packs.ts';
import { attributeBytes, inetBody, message } from './support.ts';

const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const address = fc.oneof(
  fc.constantFrom(new Uint8Array(16), Uint8Array.of(127, 0, 0, 1, ...new Array(12).fill(0))),
  bytesOf(16),
);
/** A record as long as some kernel's, and an attribute before it as often as not. */
const attributes = fc.oneof(
  fc.constant([]),
  fc
    .tuple(fc.boolean(), fc.constantFrom(0, 4, 8, 104, 136, 160, 192, 248).chain(bytesOf))
    .map(([before, record]) => [
      ...(before ? [attributeBytes(8, Uint8Array.of(1))] : []),
      attributeBytes(2, record),
    ]),
);
const anyBody = fc.record({
  ...{ state, timer: fc.nat({ max: 255 }), retrans: fc.nat({ max: 255 }), expires: word },
  local: fc.tuple(
    address.map((a) => [...a]),
    port,
  ),
  remote: fc.tuple(
    address.map((a) => [...a]),
    port,
  ),
  ...{ recvQueue: word, sendQueue: word, uid: word, inode: word, attributes },
});

/** Of sockets that are only bound no packs are asked for. */
const body = anyBody.filter((one) => one.state !== 7 || one.remote[1] !== 0);

/** What else a message may have: an algorithm's name, memory, a mark. */
const fullBody = fc
  .record({
    one: body,
    name: fc.constantFrom(null, 'cubic', 'bbr', 'reno', 'x'.repeat(15), ''),
    memory: fc.constantFrom(null, 0, 8, 32, 36, 40),
    mark: fc.constantFrom(null, 2, 4, 8),
    cgroup: fc.constantFrom(null, 4, 8),
    device: fc.constantFrom(0, 0, 3),
    bytes: bytesOf(40),
  })
  .map(({ one, name, memory, mark, cgroup, device, bytes }) => ({
    ...one,
    // Beside a half-open connection its listener's interface is kept, for its user.
    device: one.state === 3 ? 0 : device,
    attributes: [
      ...one.attributes,
      ...(name === null ? [] : [attributeBytes(4, Buffer.from(`${name}\0\0`))]),
      ...(memory === null ? [] : [attributeBytes(7, bytes.subarray(0, memory))]),
      ...(mark === null ? [] : [attributeBytes(15, bytes.subarray(0, mark))]),
      ...(cgroup === null ? [] : [attributeBytes(21, bytes.subarray(0, cgroup))]),
    ],
  }));

const nothing = { tcpInfo: false, socketInfo: false, cgroups: false };
const infoAlone = { tcpInfo: true, socketInfo: false, cgroups: false };

/** As much of a record as a pack has. */
function shown(info: TcpInfo | null | undefined) {
  if (info == null) return null;
  const { rtt, retransmitted, cwnd, bytesSent, bytesReceived } = info;
  const some = { rtt, retransmitted, cwnd, bytesSent, bytesReceived };
  return Object.values(some).every((value) => value === null) ? null : some;
}

/** A packer, and `add`, which adds the messages up to an offset and returns where it stopped. */
function packing(
  protocol: InetProtocol,
  family: InetFamily,
  facts: PackedFacts,
  wanted: FurtherWanted,
) {
  const columns = messageColumns();
  if (columns === null) throw new Error('no WebAssembly');
  const { bytes, tables } = columns;
  const packer = messagePacker(protocol, family, facts, wanted, bytes, tables[0]);
  const add = (end: number) => {
    const at = columns.take(tables[0], tables[0], 0, end, mostPackedRows);
    packer.complete();
    return at;
  };
  packer.begin();
  return { bytes, columns, packer, pack: packer.pack, add };
}

/** A handshake's user is not known yet: in a pack it is what the kernel says. No user has the number that means none. */
function withUser(socket: InetSocket, message: Buffer): InetSocket {
  const uid = socket.uid ?? message.readUInt32LE(headerSize + uidAt);
  return Object.assign(socket, { uid: uid === unknownUser ? null : uid });
}

describe('packed messages', () => {
  const tables = [
    ['tcp', 'inet'],
    ['tcp', 'inet6'],
    ['udp', 'inet'],
    ['raw', 'inet6'],
  ] as const;
  it.each(tables)('of %s, %s contain what their objects contain', (protocol, family) => {
    fc.assert(
      fc.property(fc.array(body, { maxLength: 6 }), fc.boolean(), (bodies, connectedOnly) => {
        const messages = bodies.map((one) => message(20, inetBody(one)));
        const facts = { timers: true, users: true, connectedOnly };
        const { bytes, pack, add } = packing(protocol, family, facts, infoAlone);
        const parse = inetMessageParser(protocol, family, { tcpInfo: true });
        const expected: InetSocket[] = [];
        let at = 0;
        for (const one of messages) {
          bytes.set(one, at);
          const socket = withUser(parse(bytes, at, at + one.readUInt32LE(0)), one);
          if (!connectedOnly || hasPeer(socket)) expected.push(socket);
          at += one.length;
        }
        expect(add(at)).toBe(at);
        const packed = expected.map((_, row) => socketAt(pack, row));
        expect(pack.length).toBe(expected.length);
        expect(packed).toEqual(expected.map(({ tcpInfo: _, ...socket }) => socket));
        if (protocol !== 'tcp') return;
        const infos = expected.map((_, row) => pack.tcpInfo && infoAt(pack.tcpInfo, row));
        expect(infos).toEqual(expected.map(({ tcpInfo }) => shown(tcpInfo)));
      }),
      { numRuns: 300 },
    );
  });

  const wantedOf = fc.record({
    ...{ tcpInfo: fc.boolean(), socketInfo: fc.boolean(), cgroups: fc.boolean() },
  });
  it.each(tables)(
    'of %s, %s contain all that their objects contain, if that is wanted',
    (protocol, family) => {
      fc.assert(
        fc.property(
          fc.array(fullBody, { maxLength: 6 }),
          wantedOf,
          fc.boolean(),
          (bodies, asked, counts) => {
            const wanted = { ...asked, deviceName: (index: number) => `eth${index}` };
            const facts = { timers: true, users: true, connectedOnly: false, whole: true, counts };
            const { bytes, packer, add } = packing(protocol, family, facts, wanted);
            const parse = inetMessageParser(protocol, family, wanted);
            const expected: InetSocket[] = [];
            let at = 0;
            for (const one of bodies.map((body) => message(20, inetBody(body)))) {
              bytes.set(one, at);
              const end = at + one.readUInt32LE(0);
              const socket = withUser(parse(bytes, at, end), one);
              expected.push(
                wanted.tcpInfo && protocol !== 'tcp' ? { ...socket, tcpInfo: null } : socket,
              );
              at += one.length;
            }
            expect(add(at)).toBe(at);
            const pack = packer.copy();
            bytes.fill(1);
            packer.begin();
            expect(socketsIn(pack)).toEqual(expected);
            const { tcpInfo: info } = pack;
            const isCounted = counts && wanted.tcpInfo && protocol === 'tcp';
            expect(info && expected.map((_, row) => infoAt(info, row))).toEqual(
              isCounted ? expected.map(({ tcpInfo }) => shown(tcpInfo)) : null,
            );
            expect(socketsIn(pack).map(keptCgroup)).toEqual(expected.map(keptCgroup));
          },
        ),
        { numRuns: 300 },
      );
    },
  );

  it('keep the algorithm of each of very many sockets', () => {
    const facts = { timers: false, users: false, connectedOnly: false, whole: true };
    const { bytes, packer, add } = packing('tcp', 'inet', facts, infoAlone);
    const names = ['cubic', 'bbr'];
    const messages = names.map((name) =>
      message(
        20,
        inetBody({
          ...({ state: 1, local: [[], 1], remote: [[], 2] } as const),
          attributes: [attributeBytes(4, Buffer.from(name)), attributeBytes(2, Buffer.alloc(104))],
        }),
      ),
    );
    const batch = Buffer.concat(messages);
    for (let round = 0; round < 300; round++) {
      packer.begin();
      bytes.set(batch, 0);
      add(batch.length);
      const found = socketsIn(packer.copy()).map((one) => (one as InetSocket).tcpInfo);
      expect(found.map((info) => info?.congestionControl)).toEqual(names);
    }
  });

  it('are columns that the next batch uses anew', () => {
    const facts = { timers: false, users: false, connectedOnly: false };
    const { bytes, packer, pack, add } = packing('tcp', 'inet', facts, nothing);
    const one = message(20, inetBody({ state: 1, local: [[], 1], remote: [[], 2] }));
    bytes.set(one, 0);
    add(one.length);
    expect(pack.length).toBe(1);
    packer.begin();
    expect(pack.length).toBe(0);
    add(one.length);
    expect(pack.length).toBe(1);
  });

  it.each([0xffff_fff0, 0x8000_0000, 0x1_0000])('end at one that says it has %i bytes', (said) => {
    const facts = { timers: false, users: false, connectedOnly: false };
    const { bytes, pack, add } = packing('tcp', 'inet', facts, nothing);
    const one = message(20, inetBody({ state: 1, local: [[], 1], remote: [[], 2] }));
    bytes.set(one, 0);
    bytes.set(one, one.length);
    bytes.writeUInt32LE(said, one.length);
    expect(add(2 * one.length)).toBe(one.length);
    expect(pack.length).toBe(1);
  });

  it('are copied to others of the same form', () => {
    const facts = { timers: false, users: false, connectedOnly: false };
    const { bytes, packer, add } = packing('tcp', 'inet6', facts, nothing);
    const halfOpen = { state: stateCode.synRecv, device: 7 } as const;
    const one = message(20, inetBody({ ...halfOpen, local: [[], 1], remote: [[], 2], inode: 5 }));
    bytes.set(one, 0);
    for (let row = 0; row < 700; row++) add(one.length);
    const { length, inodes, handshakes } = packer.copy();
    packer.begin();
    expect([length, [...inodes]]).toEqual([700, new Array(700).fill(5)]);
    expect([...handshakes]).toEqual(Array.from({ length }, (_, row) => [row, 7]));
    expect(sharesHiddenClass(packer.copy)).toBe(true);
  });
});
