import { ipv4Text, ipv6Text } from './address-text.ts';
import { copy } from './columns.ts';
import type { Endpoint } from './endpoint.ts';
import {
  copyOwners,
  emptyOwners,
  emptyPeers,
  noOwnerAt,
  ownersAt,
  type PackedOwners,
  type PackedPeers,
  peerAt,
} from './packed-owners.ts';
import { copyRates, emptyRates, type PackedRates, ratesAt } from './packed-rates.ts';
import {
  emptyWorkloads,
  type PackedWorkloads,
  tellWorkload,
  workloadAt,
} from './packed-workloads.ts';
import type { Row } from './snapshot.ts';
import type {
  InetFamily,
  InetProtocol,
  InetSocket,
  Socket,
  Timer,
  WritableSocket,
} from './socket.ts';
import type { InetState } from './state.ts';
import { noTcpInfo, type TcpInfo } from './tcp-info.ts';

/** What all sockets of a table have in common, and how its codes are to be read. */
export interface PackedTable {
  readonly protocol: InetProtocol;
  readonly family: InetFamily;
  stateOf(code: number): InetState;
  timerKindOf(code: number): Timer['kind'];
}

/** What of TCP's internals is known of a row: bits of `PackedTcpInfo.known`. */
export const knownInfo = { rtt: 1, retransmitted: 2, cwnd: 4, sent: 8, received: 16 } as const;

/** As much of what the kernel knows of each connection as netstat's own layout shows. */
export interface PackedTcpInfo {
  /** A set of `knownInfo`, by row; what is not in it is not told. */
  readonly known: Uint8Array;
  /** Microseconds. */
  readonly rtts: Uint32Array;
  readonly retransmitted: Uint32Array;
  readonly cwnds: Uint32Array;
  /** Bytes: two words a row, the low one first. */
  readonly sent: Uint32Array;
  readonly received: Uint32Array;
}

/** What is told of each row beyond its columns, in bytes that only who wrote them can read. */
export interface PackedFurther {
  readonly bytes: Uint8Array;
  /** How many are of one row. */
  readonly stride: number;
  /** Writes into a row's object what its bytes say, which begin at `at`. */
  tell(socket: Partial<WritableSocket>, bytes: Uint8Array, at: number): void;
}

/**
 * Sockets of one table as columns of numbers, for who shows many of them and needs no object for each.
 * They are good until the next batch is asked for. `socketAt` makes the object of one.
 */
export interface PackedSockets {
  readonly table: PackedTable;
  /** How many there are; the columns may have room for more. */
  readonly length: number;
  /** Codes, for `table.stateOf`. */
  readonly states: Uint8Array;
  /** Four words a row in network order, first byte highest; an IPv4 address is in the first. */
  readonly locals: Int32Array;
  readonly remotes: Int32Array;
  readonly localPorts: Uint16Array;
  readonly remotePorts: Uint16Array;
  readonly recvQueues: Uint32Array;
  readonly sendQueues: Uint32Array;
  readonly uids: Uint32Array;
  /** 0: it has none. */
  readonly inodes: Uint32Array;
  /** Codes, for `table.timerKindOf`. */
  readonly timers: Uint8Array;
  /** Milliseconds. */
  readonly expiries: Uint32Array;
  readonly retransmits: Uint8Array;
  readonly probes: Uint8Array;
  /** What netstat's own layout shows of TCP's internals; null: not asked for. */
  readonly tcpInfo: PackedTcpInfo | null;
  /** null: not asked for. */
  readonly further: PackedFurther | null;
  /** null: not asked for, or not looked up yet. */
  readonly owners: PackedOwners | null;
  /** null: not asked for, or not looked for yet. */
  readonly peers: PackedPeers | null;
  /** null: not asked for, or not looked up yet. */
  readonly workloads: PackedWorkloads | null;
  /** null: not asked for, or not measured yet. */
  readonly rates: PackedRates | null;
}

/** What of packed sockets is wanted, beside what every table shows: the rest need not be filled in. */
export interface PackedFacts {
  /** Only those that have a peer, as `hasPeer` tells them. */
  readonly connectedOnly: boolean;
  readonly timers: boolean;
  readonly users: boolean;
  /** Those of TCP alone, the others as objects. */
  readonly tcpOnly?: boolean;
  /** All that is asked for beyond rows, for objects; else as much of TCP's internals as netstat's own layout shows. */
  readonly whole?: boolean;
  /** Of all that, what connections have sent and received as columns too: rates are measured by it. */
  readonly counts?: boolean;
  /** Those alone that a filter keeps (`SocketQuery.keep`): it asks for nothing that such rows do not tell. */
  readonly filtered?: boolean;
}

/** Columns that are being filled. */
export type WritablePack = { -readonly [K in keyof PackedSockets]: PackedSockets[K] };

/** Columns with room for so many rows, and none in them. */
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
      tell: further.tell,
    },
    owners: null,
    peers: null,
    workloads: null,
    rates: null,
  };
}

/** The same for rows of a pack, with all that is told of these. */
export function emptyLike({ table, tcpInfo, further }: PackedSockets, room: number): WritablePack {
  return emptyPack(table, room, tcpInfo !== null, further);
}

/** So many rows are kept together. */
const keptRows = 2048;

/** Rows of a pack that are kept: their place in another one. */
export interface KeptRows {
  readonly pack: WritablePack;
  readonly from: number;
}

/**
 * Adds the rows of a pack, which is good until the next one, to batches that are kept: behind the last of these where it
 * is of the same table and has room, since each pack's columns cost more than a few rows.
 */
export function keepPack(
  kept: (readonly Row[] | WritablePack)[],
  pack: PackedSockets,
  room = keptRows,
): KeptRows {
  const last = kept.at(-1) ?? [];
  const open = packIn(last) as WritablePack | null;
  const isOpen =
    open !== null &&
    open.table === pack.table &&
    open.owners?.known === pack.owners?.known &&
    open.length + pack.length <= open.states.length;
  const to = isOpen ? open : emptyLike(pack, Math.max(room, pack.length));
  if (!isOpen) kept.push(to);
  const from = to.length;
  addRows(to, pack, 0, pack.length);
  return { pack: to, from };
}

/** A row behind those that a pack has; both are of one table, and of one answer. */
export function addRow(to: WritablePack, from: PackedSockets, row: number): void {
  addRows(to, from, row, 1);
}

/** The same of some rows. */
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

/** Rows that come together: objects, or to who asked for that a pack. */
export type SocketBatch = readonly Socket[] | PackedSockets;

/**
 * A pack on its way as a batch. Only who asked for packs is given any (`SocketQuery.packed`), and has to
 * look with `packIn` at each batch.
 */
export function asBatch(pack: PackedSockets): readonly Socket[] {
  return pack as unknown as readonly Socket[];
}

/** The pack that a batch is; null: it is one of objects. */
export function packIn(batch: readonly Row[] | PackedSockets): PackedSockets | null {
  return Array.isArray(batch) ? null : (batch as PackedSockets);
}

/** One row as an object, without what else is told of it: TCP's internals, its peer. */
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
    uid: pack.uids[row] as number,
    inode: pack.inodes[row] || null,
    owners: pack.owners && ownersAt(pack.owners, row),
    noOwner: pack.owners && noOwnerAt(pack.owners, row),
  };
}

/** Some rows as objects, with all that is told of them; to `end`, which is not among them. */
export function socketsIn(pack: PackedSockets, from = 0, end = pack.length): InetSocket[] {
  const { tcpInfo, further, peers, workloads, rates } = pack;
  return Array.from({ length: Math.min(end, pack.length) - from }, (_, i) => {
    const socket: WritableSocket = socketAt(pack, from + i);
    if (further !== null) further.tell(socket, further.bytes, (from + i) * further.stride);
    else if (tcpInfo !== null) socket.tcpInfo = wholeTcpInfoAt(tcpInfo, from + i);
    if (workloads !== null) tellWorkload(socket, workloadAt(workloads, from + i));
    if (rates !== null) socket.rates = ratesAt(rates, from + i);
    if (peers !== null) socket.peer = peerAt(peers, from + i);
    return socket;
  });
}

/** The address of a row's end; `words`: `locals` or `remotes` of the pack. */
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

/** The timer of a row. */
export function timerAt(pack: PackedSockets, row: number): Timer {
  return {
    kind: pack.table.timerKindOf(pack.timers[row] as number),
    expiresIn: pack.expiries[row] as number,
    retransmits: pack.retransmits[row] as number,
    probes: pack.probes[row] as number,
  };
}

/** TCP's internals of a row, as far as packed rows have them; null: not told. */
export function tcpInfoAt(info: PackedTcpInfo, row: number) {
  const known = info.known[row] as number;
  const tells = (what: keyof typeof knownInfo) => (known & knownInfo[what]) !== 0;
  return {
    rtt: tells('rtt') ? (info.rtts[row] as number) / 1000 : null,
    retransmitted: tells('retransmitted') ? (info.retransmitted[row] as number) : null,
    cwnd: tells('cwnd') ? (info.cwnds[row] as number) : null,
    bytesSent: tells('sent') ? long(info.sent, row) : null,
    bytesReceived: tells('received') ? long(info.received, row) : null,
  };
}

/** The same as an object has them, in which all else is not told; null: nothing is. */
export function wholeTcpInfoAt(info: PackedTcpInfo, row: number): TcpInfo | null {
  if (info.known[row] === 0) return null;
  const { rtt, retransmitted, cwnd, bytesSent, bytesReceived } = tcpInfoAt(info, row);
  return {
    ...noTcpInfo,
    // Written out: further spreads would take most of the time that sorting by one of these takes.
    rtt,
    retransmitted,
    cwnd,
    bytesSent: bigintOf(bytesSent),
    bytesReceived: bigintOf(bytesReceived),
  };
}

const bigintOf = (value: number | bigint | null) => (value === null ? null : BigInt(value));

/** A number where that holds all digits, as most do: a bigint costs more. */
function long(words: Uint32Array, row: number): number | bigint {
  const low = words[row * 2] as number;
  const high = words[row * 2 + 1] as number;
  return high < 2 ** 21 ? high * 2 ** 32 + low : (BigInt(high) << 32n) | BigInt(low);
}
