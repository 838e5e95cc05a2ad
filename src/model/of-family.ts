import type { InetFamily, Socket } from './socket.ts';

/**
 * Whether a socket is listed if these families are asked for. One that takes both belongs to both, as to Apple's
 * `netstat -f inet`, which skips only what lacks INP_IPV4 (protopr in inet.c). UNIX sockets belong to none and are
 * never left out.
 */
export function isOfFamilies(socket: Socket, families: readonly InetFamily[]): boolean {
  if (socket.protocol === 'unix' || families.includes(socket.family)) return true;
  return socket.dualStack === true && families.includes('inet');
}
