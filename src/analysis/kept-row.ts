import type { Endpoint } from '../model/endpoint.ts';
import { areOwnersAt, noOwnerAt, ownersAt } from '../model/packed-owners.ts';
import { areSameEnds, type PackedSockets, socketAt } from '../model/packed-sockets.ts';
import type { InetSocket, Socket, Timer } from '../model/socket.ts';

/** A row that is kept from round to round. */
export interface KeptRow {
  socket: Socket;
  /** Its row holds nothing but what its table says. */
  isBare: boolean;
  /** The pack that it was last in; null: it came as an object. */
  pack: PackedSockets | null;
  /** Which row of it. */
  row: number;
}

/** A row that is seen for the first time. */
export function newRow(socket: Socket, pack: PackedSockets | null, row: number): KeptRow {
  return { socket, isBare: isBare(socket), pack, row };
}

/** Keeps what a later round says of the same socket. */
export function keepRow(kept: KeptRow, socket: Socket): void {
  kept.pack = null;
  const isNowBare = isBare(socket);
  if (isNowBare && kept.isBare && isRefreshed(kept.socket as InetSocket, socket)) return;
  kept.socket = socket;
  kept.isBare = isNowBare;
}

/**
 * The same where the round has it packed: of one whose ends are the same no object is made, but for its
 * owners where these are others. The pack stays as it is.
 */
export function keepPackedRow(kept: KeptRow, pack: PackedSockets, row: number): void {
  if (kept.pack !== null && areSameEnds(kept.pack, kept.row, pack, row)) {
    refresh(kept.socket as Writable<InetSocket>, pack, row);
  } else {
    kept.socket = socketAt(pack, row);
  }
  kept.isBare = isBare(kept.socket);
  kept.pack = pack;
  kept.row = row;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Writes a row's numbers and owners into the object that was made of an earlier round's, whose timer is its own. */
function refresh(old: Writable<InetSocket>, pack: PackedSockets, row: number): void {
  old.state = pack.table.stateOf(pack.states[row] as number);
  old.recvQueue = pack.recvQueues[row] as number;
  old.sendQueue = pack.sendQueues[row] as number;
  old.uid = pack.uids[row] as number;
  old.inode = pack.inodes[row] || null;
  const timer = old.timer as Writable<Timer>;
  timer.kind = pack.table.timerKindOf(pack.timers[row] as number);
  timer.expiresIn = pack.expiries[row] as number;
  timer.retransmits = pack.retransmits[row] as number;
  timer.probes = pack.probes[row] as number;
  const { owners } = pack;
  old.noOwner = owners && noOwnerAt(owners, row);
  if (owners === null) old.owners = null;
  else if (old.owners === null || !areOwnersAt(owners, row, old.owners)) {
    old.owners = ownersAt(owners, row);
  }
}

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
