import type { Endpoint } from '../model/endpoint.ts';
import type { InetSocket, Socket, Timer } from '../model/socket.ts';

/** A row that is kept from round to round. */
export interface KeptRow {
  socket: Socket;
  /** Its row holds nothing but what its table says. */
  isBare: boolean;
}

/** Keeps what a later round says of the same socket. */
export function keepRow(kept: KeptRow, socket: Socket): void {
  const isNowBare = isBare(socket);
  if (isNowBare && kept.isBare && isRefreshed(kept.socket as InetSocket, socket)) return;
  kept.socket = socket;
  kept.isBare = isNowBare;
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
  const old = before as { -readonly [Key in keyof InetSocket]: InetSocket[Key] };
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
  const timer = old.timer as { -readonly [Key in keyof Timer]: Timer[Key] };
  timer.kind = now.timer.kind;
  timer.expiresIn = now.timer.expiresIn;
  timer.retransmits = now.timer.retransmits;
  timer.probes = now.timer.probes;
  return true;
}

/** Nothing but what its table says, and numbers. */
export function isBare(socket: Socket): socket is InetSocket {
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
