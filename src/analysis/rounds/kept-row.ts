import type { Endpoint } from '../../model/address/endpoint.ts';
import { PackedRow } from '../../model/packed/row.ts';
import type { PackedSockets } from '../../model/packed/sockets.ts';
import type { InetSocket, Socket, Timer } from '../../model/socket/socket.ts';
import type { Writable } from '../../model/writable.ts';

/** A row that is kept from round to round. */
export interface KeptRow {
  /** A `PackedRow` if the row came packed: 100,000 objects with all facts would take ten times the memory. */
  socket: Socket;
  /** It is an object with only the fields of its table. */
  isBare: boolean;
}

/** Creates a row that is seen for the first time. */
export function newRow(socket: Socket): KeptRow {
  return { socket, isBare: isBare(socket) };
}

/** Updates a row with the data of a later round. */
export function keepRow(kept: KeptRow, socket: Socket): void {
  const isNowBare = isBare(socket);
  if (isNowBare && kept.isBare && isRefreshed(kept.socket as InetSocket, socket)) return;
  kept.socket = socket;
  kept.isBare = isNowBare;
}

/** Creates a row of a pack that is seen for the first time. The pack must not change until the row is settled. */
export function newPackedRow(pack: PackedSockets, row: number): KeptRow {
  return { socket: new PackedRow(pack, row).asSocket(), isBare: false };
}

/** Like `keepRow`, for a packed row: no object is made. */
export function keepPackedRow(kept: KeptRow, pack: PackedSockets, row: number): void {
  const before: unknown = kept.socket;
  if (before instanceof PackedRow) {
    before.pack = pack;
    before.row = row;
  } else {
    Object.assign(kept, newPackedRow(pack, row));
  }
}

/** Detaches a row that is no longer in any round from its pack, so that the pack can be freed. */
export function settleRow(kept: KeptRow): void {
  const last: unknown = kept.socket;
  if (last instanceof PackedRow) kept.socket = last.copied();
}

/**
 * Writes changes into the older object if both have the same ends; returns false if not. Replacing the object would
 * move a new one to V8's old space in each round, for each of 100,000 rows, and only a full collection frees them
 * there.
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
  // A frozen timer is shared by rows, and must not be changed.
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

/** Whether the object has only the fields of its table, as numbers. */
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
