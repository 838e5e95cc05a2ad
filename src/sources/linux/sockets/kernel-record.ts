import type { InetSocket } from '../../../model/socket/socket.ts';

/**
 * The number of the kernel's record of a socket without an inode (TIME_WAIT, half open): two with the same ends are two
 * sockets if they are bound to different interfaces. Rows do not show it; it is kept under a symbol, since parts of the
 * program that are loaded separately have their own modules.
 */
const record = Symbol.for('tsnetstat.record');

/** Records the number beside the row; 0: not known. */
export function keepRecord(socket: InetSocket, value: number): void {
  (socket as { [record]?: number })[record] = value;
}

/** The recorded number; 0: not known. */
export function keptRecord(socket: InetSocket): number {
  return (socket as { [record]?: number })[record] ?? 0;
}
