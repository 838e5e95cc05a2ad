import type { Endpoint } from '../model/endpoint.ts';
import { PackedRow } from '../model/packed-row.ts';
import type { PackedSockets } from '../model/packed-sockets.ts';
import type { InetSocket, Socket, Timer } from '../model/socket.ts';

/** A row that is kept from round to round. */
export interface KeptRow {
  /** Of one that came packed, a `PackedRow`: 100,000 objects with all that they say would take ten times as much. */
  socket: Socket;
  /** It is an object that holds nothing but what its table says. */
  isBare: boolean;
}

/** A row that is seen for the first time. */
export function newRow(socket: Socket): KeptRow {
  return { socket, isBare: isBare(socket) };
}

/** Keeps what a later round says of the same socket. */
export function keepRow(kept: KeptRow, socket: Socket): void {
  const isNowBare = isBare(socket);
  if (isNowBare && kept.isBare && isRefreshed(kept.socket as InetSocket, socket)) return;
  kept.socket = socket;
  kept.isBare = isNowBare;
}

/** A row of a pack that is seen for the first time. The pack stays as it is, as long as the row is not settled. */
export function newPackedRow(pack: PackedSockets, row: number): KeptRow {
  return { socket: new PackedRow(pack, row).asSocket(), isBare: false };
}

/** As `keepRow`, where the round has it packed: no object is made. */
export function keepPackedRow(kept: KeptRow, pack: PackedSockets, row: number): void {
  const before: unknown = kept.socket;
  if (before instanceof PackedRow) {
    before.pack = pack;
    before.row = row;
  } else {
    Object.assign(kept, newPackedRow(pack, row));
  }
}

/** No round has it any more: what is kept of it keeps no pack. */
export function settleRow(kept: KeptRow): void {
  const last: unknown = kept.socket;
  if (last instanceof PackedRow) kept.socket = last.copied();
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * Writes what changed into the older object, where both are of the same ends. Rows that are kept from round to
 * round would be moved to V8's old space, each of 100,000 every time, and only a full collection takes them
 * from there.
 */
function isRefreshed(before: InetSocket, now: InetSocket): boolean {
  if (before.protocol !== now.protocol || !areSame(before.local, now.local)) return false;
  if (before.timer === null || now.timer === null || !areSame(before.remote, now.remote)) {
    return false;
  }
  const old: Writable<InetSocket> = before;
  old.state = now.state;
  old.recvQueue = now.recvQueue;
  old.sendQueue = now.sendQueue;
  old.uid = now.uid;
  old.inode = now.inode;
  // One that rows share is not this row's to write into.
  if (Object.isFrozen(old.timer)) {
    old.timer = now.timer;
    return true;
  }
  const timer = old.timer as Writable<Timer>;
  timer.kind = now.timer.kind;
  timer.expiresIn = now.timer.expiresIn;
  timer.retransmits = now.timer.retransmits;
  timer.probes = now.timer.probes;
  return true;
}

/** Nothing but what its table says, and numbers. */
function isBare(socket: Socket): socket is InetSocket {
  return (
    !(socket instanceof PackedRow) &&
    socket.protocol !== 'unix' &&
    socket.protocol !== 'sctp' &&
    socket.owners === null &&
    socket.tcpInfo === undefined &&
    socket.rates === undefined &&
    socket.memory === undefined &&
    socket.netns === undefined &&
    socket.host === undefined &&
    socket.peer === undefined &&
    socket.workload === undefined &&
    socket.exposure === undefined &&
    socket.createdAt === undefined
  );
}

function areSame(one: Endpoint, other: Endpoint): boolean {
  return (
    one === other ||
    (one.port === other.port && one.address === other.address && one.zone === other.zone)
  );
}
