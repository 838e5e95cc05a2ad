import type { Endpoint } from '../address/endpoint.ts';
import { ipv4Text, ipv6Text } from '../address/text.ts';
import type { InetFamily, InetProtocol } from '../protocol.ts';
import type { Row } from '../report/snapshot.ts';
import type { InetSocket, Socket, Timer, WritableSocket } from '../socket/socket.ts';
import type { InetState } from '../socket/state.ts';
import { noTcpInfo, type TcpInfo } from '../socket/tcp-info.ts';
import type { Writable } from '../writable.ts';
import { copy } from './columns.ts';
import {
  copyOwners,
  emptyOwners,
  emptyPeers,
  noOwnerAt,
  ownersAt,
  type PackedOwners,
  type PackedPeers,
  peerAt,
} from './owners.ts';
import { copyRates, emptyRates, type PackedRates, ratesAt } from './rates.ts';
import { emptyWorkloads, type PackedWorkloads, workloadAt, writeWorkload } from './workloads.ts';

/** What all sockets of a table have in common, and the meaning of its codes. */
export interface PackedTable {
  readonly protocol: InetProtocol;
  readonly family: InetFamily;
  stateOf(code: number): InetState;
  timerKindOf(code: number): Timer['kind'];
}

/** Bits of `PackedTcpInfo.known`: which of TCP's internals of a row are known. */
export const knownInfo = { rtt: 1, retransmitted: 2, cwnd: 4, sent: 8, received: 16 } as const;

/** Those of TCP's internals that netstat's own layout shows. */
export interface PackedTcpInfo {
  /** By row: bits of `knownInfo`; the rest is not known. */
  readonly known: Uint8Array;
  /** Microseconds. */
  readonly rtts: Uint32Array;
  readonly retransmitted: Uint32Array;
  readonly cwnds: Uint32Array;
  /** Bytes: two words per row, the low one first. */
  readonly sent: Uint32Array;
  readonly received: Uint32Array;
}

/** Facts of each row beyond its columns, in a format known only to their writer. */
export interface PackedFurther {
  readonly bytes: Uint8Array;
  /** The number of bytes per row. */
  readonly stride: number;
  /** Whether the whole of TCP's internals is among them. */
  readonly hasTcpInfo: boolean;
  /** Writes the facts of a row, which begin at `at`, into its object. */
  unpack(socket: Partial<WritableSocket>, bytes: Uint8Array, at: number): void;
}

/**
 * Sockets of one table as columns of numbers, for code that handles many without an object for each. Valid until the
 * next batch is requested. `socketAt` creates the object of a row.
 */
export interface PackedSockets {
  readonly table: PackedTable;
  /** The number of rows; columns may have room for more. */
  readonly length: number;
  /** Codes, for `table.stateOf`. */
  readonly states: Uint8Array;
  /** Four words per row in network order, first byte highest; an IPv4 address is in the first. */
  readonly locals: Int32Array;
  readonly remotes: Int32Array;
  readonly localPorts: Uint16Array;
  readonly remotePorts: Uint16Array;
  readonly recvQueues: Uint32Array;
  readonly sendQueues: Uint32Array;
  /** `unknownUser`: not known. Read by `userAt`. */
  readonly uids: Uint32Array;
  /** 0: none. */
  readonly inodes: Uint32Array;
  /** Codes, for `table.timerKindOf`. */
  readonly timers: Uint8Array;
  /** Milliseconds, in whole hundredths of a second. */
  readonly expiries: Uint32Array;
  readonly retransmits: Uint8Array;
  readonly probes: Uint8Array;
  /** Those of TCP's internals that netstat's own layout shows; null: not asked for. */
  readonly tcpInfo: PackedTcpInfo | null;
  /** null: not asked for. */
  readonly further: PackedFurther | null;
  /** null: not asked for, or not looked up yet. */
  readonly owners: PackedOwners | null;
  /** null: not asked for, or not looked up yet. */
  readonly peers: PackedPeers | null;
  /** null: not asked for, or not looked up yet. */
  readonly workloads: PackedWorkloads | null;
  /** null: not asked for, or not measured yet. */
  readonly rates: PackedRates | null;
}

/** Which facts of packed sockets are needed beyond those in every table; others need not be filled in. */
export interface PackedFacts {
  /** Only sockets that have a peer, according to `hasPeer`. */
  readonly connectedOnly: boolean;
  readonly timers: boolean;
  readonly users: boolean;
  /** Only TCP sockets come packed, others as objects. */
  readonly tcpOnly?: boolean;
  /**
   * All requested facts beyond columns, for objects; otherwise only those of TCP's internals that netstat's own layout
   * shows, and what workloads are found by.
   */
  readonly whole?: boolean;
  /** With `whole`: also the columns that netstat's own layout shows, and from which rates are measured. */
  readonly counts?: boolean;
  /** The view shows packs, so no object is made of a row. */
  readonly shown?: boolean;
  /** Only rows that a filter keeps (`SocketQuery.keep`); it uses no fact that packed rows lack. */
  readonly filtered?: boolean;
}

/** Columns that are being filled. */
export type WritablePack = Writable<PackedSockets>;

/** Returns empty columns with space for `room` rows. */
export function emptyPack(
  table: PackedTable,
  room: number,
  withTcpInfo: boolean,
  further: Omit<PackedFurther, 'bytes'> | null = null,
): WritablePack {
  return {
    table,
    length: 0,
    states: new Uint8Array(room),
    locals: new Int32Array(room * 4),
    remotes: new Int32Array(room * 4),
    localPorts: new Uint16Array(room),
    remotePorts: new Uint16Array(room),
    recvQueues: new Uint32Array(room),
    sendQueues: new Uint32Array(room),
    uids: new Uint32Array(room),
    inodes: new Uint32Array(room),
    timers: new Uint8Array(room),
    expiries: new Uint32Array(room),
    retransmits: new Uint8Array(room),
    probes: new Uint8Array(room),
    tcpInfo: withTcpInfo
      ? {
          known: new Uint8Array(room),
          rtts: new Uint32Array(room),
          retransmitted: new Uint32Array(room),
          cwnds: new Uint32Array(room),
          sent: new Uint32Array(room * 2),
          received: new Uint32Array(room * 2),
        }
      : null,
    further: further && {
      bytes: new Uint8Array(room * further.stride),
      stride: further.stride,
      hasTcpInfo: further.hasTcpInfo,
      unpack: further.unpack,
    },
    owners: null,
    peers: null,
    workloads: null,
    rates: null,
  };
}

/** The same for rows of a pack, with all its facts. */
export function emptyLike({ table, tcpInfo, further }: PackedSockets, room: number): WritablePack {
  return emptyPack(table, room, tcpInfo !== null, further);
}

/** The rows for which a kept pack has room. */
const keptRows = 2048;

/** Rows that are kept: those of a pack from `from` on. */
export interface KeptRows {
  readonly pack: WritablePack;
  readonly from: number;
}

/**
 * Copies the rows of a pack, which is valid only until the next one, to the kept batches: they fill up the last of
 * these if that is of the same table, since the columns of a pack cost more than a few rows. Returns where they are.
 */
export function keepPack(
  kept: (readonly Row[] | WritablePack)[],
  pack: PackedSockets,
  room = keptRows,
): KeptRows[] {
  const places: KeptRows[] = [];
  for (let row = 0; row < pack.length; ) {
    const open = openPack(kept, pack);
    const to = open ?? emptyLike(pack, room);
    if (open === null) kept.push(to);
    const from = to.length;
    const count = Math.min(pack.length - row, to.states.length - from);
    addRows(to, pack, row, count);
    places.push({ pack: to, from });
    row += count;
  }
  return places;
}

/** Returns the last of the kept batches if it has room for rows of this pack. */
function openPack(
  kept: readonly (readonly Row[] | WritablePack)[],
  { table, owners }: PackedSockets,
): WritablePack | null {
  const last = packIn(kept.at(-1) ?? []) as WritablePack | null;
  if (last === null || last.length === last.states.length) return null;
  return last.table === table && last.owners?.known === owners?.known ? last : null;
}

/** Appends a row to a pack of the same table and answer. */
export function addRow(to: WritablePack, from: PackedSockets, row: number): void {
  addRows(to, from, row, 1);
}

/** The same for several rows. */
export function addRows(to: WritablePack, from: PackedSockets, row: number, count: number): void {
  const at = to.length;
  to.length += count;
  copy(to.states, at, from.states, row, count);
  copy(to.locals, at * 4, from.locals, row * 4, count * 4);
  copy(to.remotes, at * 4, from.remotes, row * 4, count * 4);
  copy(to.localPorts, at, from.localPorts, row, count);
  copy(to.remotePorts, at, from.remotePorts, row, count);
  copy(to.recvQueues, at, from.recvQueues, row, count);
  copy(to.sendQueues, at, from.sendQueues, row, count);
  copy(to.uids, at, from.uids, row, count);
  copy(to.inodes, at, from.inodes, row, count);
  copy(to.timers, at, from.timers, row, count);
  copy(to.expiries, at, from.expiries, row, count);
  copy(to.retransmits, at, from.retransmits, row, count);
  copy(to.probes, at, from.probes, row, count);
  if (from.tcpInfo !== null && to.tcpInfo !== null) {
    copy(to.tcpInfo.known, at, from.tcpInfo.known, row, count);
    copy(to.tcpInfo.rtts, at, from.tcpInfo.rtts, row, count);
    copy(to.tcpInfo.retransmitted, at, from.tcpInfo.retransmitted, row, count);
    copy(to.tcpInfo.cwnds, at, from.tcpInfo.cwnds, row, count);
    copy(to.tcpInfo.sent, at * 2, from.tcpInfo.sent, row * 2, count * 2);
    copy(to.tcpInfo.received, at * 2, from.tcpInfo.received, row * 2, count * 2);
  }
  if (from.further !== null && to.further !== null) {
    const { stride } = to.further;
    copy(to.further.bytes, at * stride, from.further.bytes, row * stride, count * stride);
  }
  if (from.owners !== null) {
    to.owners ??= emptyOwners(to.states.length, from.owners.known);
    copyOwners(to.owners, at, from.owners, row, count);
  }
  if (from.peers !== null) {
    const { known, workloads } = from.peers;
    to.peers ??= emptyPeers(to.states.length, known, workloads?.known ?? null);
    copyOwners(to.peers, at, from.peers, row, count);
    copy(to.peers.inodes, at, from.peers.inodes, row, count);
    if (workloads !== null && to.peers.workloads !== null) {
      copy(to.peers.workloads.places, at, workloads.places, row, count);
    }
  }
  if (from.workloads !== null) {
    to.workloads ??= emptyWorkloads(to.states.length, from.workloads.known);
    copy(to.workloads.places, at, from.workloads.places, row, count);
  }
  if (from.rates !== null) {
    to.rates ??= emptyRates(to.states.length);
    copyRates(to.rates, at, from.rates, row, count);
  }
}

/** A batch of rows: objects, or a pack if the caller asked for packs. */
export type SocketBatch = readonly Socket[] | PackedSockets;

/**
 * Passes a pack as a batch. Only callers that asked for packs get them (`SocketQuery.packed`), and must check each
 * batch with `packIn`.
 */
export function asBatch(pack: PackedSockets): readonly Socket[] {
  return pack as unknown as readonly Socket[];
}

/** Returns the pack in a batch; null: it consists of objects. */
export function packIn(batch: readonly Row[] | PackedSockets): PackedSockets | null {
  return Array.isArray(batch) ? null : (batch as PackedSockets);
}

/** In place of a user: no user has this number, which means "none" to the kernel (uid_valid, <linux/uidgid.h>). */
export const unknownUser = 0xffff_ffff;

/** The user of a row; null: not known. */
export function userAt({ uids }: PackedSockets, row: number): number | null {
  const uid = uids[row] as number;
  return uid === unknownUser ? null : uid;
}

/** Sets the user of a row; null: not known. */
export function setUserAt({ uids }: PackedSockets, row: number, uid: number | null): void {
  uids[row] = uid ?? unknownUser;
}

/** Returns a row as an object, without further facts: TCP's internals, its peer. */
export function socketAt(pack: PackedSockets, row: number): InetSocket {
  const { protocol, family, stateOf } = pack.table;
  const end = (words: Int32Array, port: number): Endpoint => {
    return { address: addressAt(pack, words, row), port, zone: null };
  };
  return {
    protocol,
    family,
    local: end(pack.locals, pack.localPorts[row] as number),
    remote: end(pack.remotes, pack.remotePorts[row] as number),
    state: stateOf(pack.states[row] as number),
    recvQueue: pack.recvQueues[row] as number,
    sendQueue: pack.sendQueues[row] as number,
    timer: timerAt(pack, row),
    uid: userAt(pack, row),
    inode: pack.inodes[row] || null,
    owners: pack.owners && ownersAt(pack.owners, row),
    noOwner: pack.owners && noOwnerAt(pack.owners, row),
  };
}

/** Returns the rows from `from` to `end` (exclusive) as objects, with all facts. */
export function socketsIn(pack: PackedSockets, from = 0, end = pack.length): InetSocket[] {
  const { tcpInfo, further, peers, workloads, rates } = pack;
  return Array.from({ length: Math.min(end, pack.length) - from }, (_, i) => {
    const socket: WritableSocket = socketAt(pack, from + i);
    if (further !== null) further.unpack(socket, further.bytes, (from + i) * further.stride);
    if (tcpInfo !== null && further?.hasTcpInfo !== true)
      socket.tcpInfo = tcpInfoAt(tcpInfo, from + i);
    if (workloads !== null) writeWorkload(socket, workloadAt(workloads, from + i));
    if (rates !== null) socket.rates = ratesAt(rates, from + i);
    if (peers !== null) socket.peer = peerAt(peers, from + i);
    return socket;
  });
}

/** Returns an address of a row; `words`: `locals` or `remotes` of the pack. */
export function addressAt({ table }: PackedSockets, words: Int32Array, row: number): string {
  const at = row * 4;
  if (table.family === 'inet') return ipv4Text(words[at] as number);
  return ipv6Text(
    words[at] as number,
    words[at + 1] as number,
    words[at + 2] as number,
    words[at + 3] as number,
  );
}

/** Returns the timer of a row. */
export function timerAt(pack: PackedSockets, row: number): Timer {
  return {
    kind: pack.table.timerKindOf(pack.timers[row] as number),
    expiresIn: pack.expiries[row] as number,
    retransmits: pack.retransmits[row] as number,
    probes: pack.probes[row] as number,
  };
}

/** Returns TCP's internals of a row as in an object, those that packed rows lack null; null: nothing is known. */
export function tcpInfoAt(info: PackedTcpInfo, row: number): TcpInfo | null {
  const known = info.known[row] as number;
  if (known === 0) return null;
  const has = (what: keyof typeof knownInfo) => (known & knownInfo[what]) !== 0;
  return {
    ...noTcpInfo,
    // No object spread here: it would take most of the time of sorting by one of these.
    rtt: has('rtt') ? (info.rtts[row] as number) / 1000 : null,
    retransmitted: has('retransmitted') ? (info.retransmitted[row] as number) : null,
    cwnd: has('cwnd') ? (info.cwnds[row] as number) : null,
    bytesSent: has('sent') ? long(info.sent, row) : null,
    bytesReceived: has('received') ? long(info.received, row) : null,
  };
}

function long(words: Uint32Array, row: number): bigint {
  const low = words[row * 2] as number;
  const high = words[row * 2 + 1] as number;
  // Exact as a number, as for most: one bigint instead of four.
  if (high < 2 ** 21) return BigInt(high * 2 ** 32 + low);
  return (BigInt(high) << 32n) | BigInt(low);
}
