import fc from 'fast-check';
import { emptyOwners, noFd, noOwners, type PackedOwners } from '../../src/model/packed/owners.ts';
import { emptyRates, knownRates, type PackedRates } from '../../src/model/packed/rates.ts';
import {
  emptyPack,
  knownInfo,
  type PackedSockets,
  type PackedTable,
  type PackedTcpInfo,
  socketAt,
  type WritablePack,
} from '../../src/model/packed/sockets.ts';
import type { InetFamily, InetProtocol } from '../../src/model/protocol.ts';
import type { TcpRates } from '../../src/model/socket/info.ts';
import type { InetSocket, Timer } from '../../src/model/socket/socket.ts';
import type { TcpInfo } from '../../src/model/socket/tcp-info.ts';
import { datagramStateOf, tcpStateOf } from '../../src/sources/linux/sockets/states.ts';
import { owner } from './builders.ts';

/** A table of TCP whose timers are all off. */
export function tcpTable(family: InetFamily): PackedTable {
  return { protocol: 'tcp', family, stateOf: tcpStateOf, timerKindOf: () => 'off' };
}

/** Numbers of 32 bits; often small and special ones. */
export const word = fc.oneof(
  fc.constantFrom(0, 1, 9, 10, 99_999, 999_999, 1_000_000, 2 ** 31, 2 ** 32 - 1),
  fc.nat({ max: 2 ** 32 - 1 }),
);
const byte = fc.nat({ max: 255 });
export const port = fc.oneof(
  fc.constantFrom(0, 1, 9, 10, 22, 99, 100, 999, 1000, 9999, 10_000, 65_535),
  fc.nat({ max: 65_535 }),
);
/** Addresses as words in network order: any, loopback, mapped, scoped and others. */
export const address = fc.oneof(
  fc.constantFrom(
    ...[
      [0, 0, 0, 0],
      [0, 0, 0, 1],
      [0, 0, 0xffff, 0x7f000001],
      [0, 0, 0, 0x01020304],
    ],
    ...[
      [0xfe800000, 0, 0, 0x10],
      [0x20010db8, 0, 0, 0xffff],
      [0x7f000001, 0, 0, 0],
    ],
  ),
  fc.tuple(word, word, word, word),
);
export const state = fc.oneof(fc.integer({ min: 1, max: 13 }), byte);

/** Milliseconds of whole ticks, as packs have them. */
const ticks = word.map((value) => value - (value % 10));

/** A row of a pack. */
const row = fc.record({
  ...{ state, local: address, remote: address, localPort: port, remotePort: port },
  ...{ recvQueue: word, sendQueue: word, uid: word, inode: word },
  ...{ timer: fc.oneof(fc.nat({ max: 5 }), byte), expires: ticks, retransmits: byte, probes: byte },
  ...{ known: fc.nat({ max: 31 }), rtt: word, retransmitted: word, cwnd: word },
  owner: fc.nat({ max: 9 }),
  fd: fc.oneof(fc.constant(noFd), fc.nat({ max: 70_000 })),
  reason: fc.integer({ min: 1, max: noOwners.length - 1 }),
  ...{ sent: fc.tuple(word, word), received: fc.tuple(word, word) },
  rates: fc.option(fc.record({ sent: fc.option(word), received: fc.option(word) })),
});

/** Owners as in a lookup, one process per list, some with unusual names. */
const owners = fc.uniqueArray(
  fc
    .record({
      pid: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 4_194_304 })),
      program: fc.oneof(fc.constantFrom(null, 'sshd', 'é\u001b[31m', 'a'.repeat(600)), fc.string()),
    })
    .map(({ pid, program }) => owner(pid, program)),
  { maxLength: 4, selector: ({ pid }) => pid },
);

/** What identifies a row's ends and owner. Addresses are words in network order. */
export interface PackedEnds {
  readonly state: number;
  readonly local: readonly number[];
  readonly remote: readonly number[];
  readonly localPort: number;
  readonly remotePort: number;
  /** Its owners: an index in the known lists. */
  readonly list: number;
  /** Its inode, its owner's descriptor, and the index of the reason for having none. */
  readonly inode?: number;
  readonly fd?: number;
  readonly reason?: number;
}

/** Returns a pack of such rows, with space for some more. */
export function packOf(
  table: PackedTable,
  rows: readonly PackedEnds[],
  known: PackedOwners['known'],
  withTcpInfo = false,
): WritablePack {
  const pack = emptyPack(table, rows.length + 4, withTcpInfo);
  pack.length = rows.length;
  const owners = emptyOwners(rows.length + 4, known);
  pack.owners = owners;
  for (const [at, row] of rows.entries()) {
    pack.states[at] = row.state;
    pack.locals.set(row.local, at * 4);
    pack.remotes.set(row.remote, at * 4);
    pack.localPorts[at] = row.localPort;
    pack.remotePorts[at] = row.remotePort;
    pack.inodes[at] = row.inode ?? 0;
    owners.lists[at] = row.list;
    owners.fds[at] = row.fd ?? noFd;
    owners.reasons[at] = row.reason ?? 0;
  }
  return pack;
}

const timerKinds: readonly Timer['kind'][] = ['off', 'on', 'keepalive', 'timewait', 'probe'];

/** Packs of arbitrary sockets, realistic or not. */
export const packs = fc
  .record({
    protocol: fc.constantFrom<InetProtocol>('tcp', 'udp', 'udplite', 'raw'),
    family: fc.constantFrom<InetFamily>('inet', 'inet6'),
    rows: fc.array(row, { minLength: 1, maxLength: 12 }),
    owners,
  })
  .map(({ protocol, family, rows, owners }): PackedSockets => {
    const table = {
      ...{ protocol, family, stateOf: protocol === 'tcp' ? tcpStateOf : datagramStateOf },
      timerKindOf: (code: number) => timerKinds[code] ?? (`unknown(${code})` as const),
    };
    const known = [[], ...owners.map((one) => [one])];
    const ends = rows.map((one) => {
      const list = one.owner % known.length;
      return list === 0 ? { ...one, list, fd: noFd } : { ...one, list, reason: 0 };
    });
    const pack = packOf(table, ends, known, true);
    const info = pack.tcpInfo as PackedTcpInfo;
    const rates = emptyRates(pack.states.length);
    pack.rates = rates;
    for (const [at, one] of rows.entries()) {
      pack.recvQueues[at] = one.recvQueue;
      pack.sendQueues[at] = one.sendQueue;
      pack.uids[at] = one.uid;
      pack.timers[at] = one.timer;
      pack.expiries[at] = one.expires;
      pack.retransmits[at] = one.retransmits;
      pack.probes[at] = one.probes;
      info.known[at] = one.known;
      info.rtts[at] = one.rtt;
      info.retransmitted[at] = one.retransmitted;
      info.cwnds[at] = one.cwnd;
      info.sent.set(one.sent, at * 2);
      info.received.set(one.received, at * 2);
      const { sent = null, received = null } = one.rates ?? {};
      const { there, sent: hasSent, received: hasReceived } = knownRates;
      rates.known[at] =
        one.rates === null
          ? 0
          : there + (sent === null ? 0 : hasSent) + (received === null ? 0 : hasReceived);
      rates.sent[at] = sent ?? 9;
      rates.received[at] = received ?? 9;
    }
    return pack;
  });

/** Returns the objects of a pack, with those of TCP's internals that it has. */
export function socketsOf(pack: PackedSockets): InetSocket[] {
  return Array.from({ length: pack.length }, (_, at) => {
    const socket = socketAt(pack, at);
    const tcpInfo = pack.tcpInfo && infoAt(pack.tcpInfo, at);
    const owned = pack.owners && toldOf(pack.owners, at);
    const rates = pack.rates && measuredAt(pack.rates, at);
    return { ...socket, ...owned, tcpInfo: tcpInfo as TcpInfo | null, rates };
  });
}

/** Returns the rates of a row. */
function measuredAt({ known, sent, received }: PackedRates, at: number): TcpRates | null {
  const bits = known[at] as number;
  if (bits === 0) return null;
  return {
    sent: bits & 2 ? (sent[at] as number) : null,
    received: bits & 4 ? (received[at] as number) : null,
  };
}

/** Returns the owner's fields of a row. */
function toldOf({ known, lists, fds, reasons }: PackedOwners, at: number) {
  const fd = fds[at] as number;
  const list = known[lists[at] as number] ?? [];
  const owners = fd === noFd ? list : list.map((one) => ({ ...one, fd }));
  return { owners, noOwner: noOwners[reasons[at] as number] ?? null };
}

/** Returns those of TCP's internals of a row that a pack can have; null: it has none. */
export function infoAt(info: PackedTcpInfo, at: number): Partial<TcpInfo> | null {
  const known = info.known[at] as number;
  if (known === 0) return null;
  const ifKnown = <T>(bit: number, value: T) => ((known & bit) === 0 ? null : value);
  const long = (words: Uint32Array) =>
    (BigInt(words[at * 2 + 1] as number) << 32n) + BigInt(words[at * 2] as number);
  return {
    rtt: ifKnown(knownInfo.rtt, (info.rtts[at] as number) / 1000),
    retransmitted: ifKnown(knownInfo.retransmitted, info.retransmitted[at] as number),
    cwnd: ifKnown(knownInfo.cwnd, info.cwnds[at] as number),
    bytesSent: ifKnown(knownInfo.sent, long(info.sent)),
    bytesReceived: ifKnown(knownInfo.received, long(info.received)),
  };
}
