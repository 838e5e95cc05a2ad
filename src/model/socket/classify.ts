import { isAnyAddress } from '../address/text.ts';
import type { InetFamily } from '../protocol.ts';
import type { InetSocket, Socket } from './socket.ts';

/**
 * Whether a socket has a remote end as netstat sees it, which -l leaves out. TCP and SCTP: the remote port is
 * known. UDP, UDP-Lite and raw: the remote address is. UNIX: every socket that does not listen.
 */
export function hasPeer(socket: Socket): boolean {
  switch (socket.protocol) {
    case 'tcp':
    case 'sctp':
      return socket.remote.port !== 0;
    case 'unix':
      return socket.state !== 'LISTENING';
    default:
      return !isAnyAddress(socket.remote.address);
  }
}

/**
 * Whether netstat counts the socket among servers: it has no peer. macOS and Windows also list sockets that are
 * unused or closed: TCP sockets that accept no connections, UDP sockets without a port.
 */
export function isListening(socket: Socket): boolean {
  if (hasPeer(socket)) return false;
  // Linux, whose sockets have inodes, lists none without a port; if a /proc lists one anyway, netstat shows it.
  if (socket.protocol === 'udp') return !isWithoutPort(socket) || socket.inode !== null;
  return socket.protocol !== 'tcp' || (socket.state !== 'CLOSE' && socket.state !== 'BOUND');
}

/** Whether a TCP or UDP socket has no port (yet, or any more), so that nothing can be sent to it. */
export function isWithoutPort(socket: Socket): boolean {
  return (socket.protocol === 'tcp' || socket.protocol === 'udp') && socket.local.port === 0;
}

/** Whether a socket receives what is sent to its port: a TCP socket that is only bound does not. */
export function isServer(socket: InetSocket): boolean {
  return isListening(socket) && (socket.protocol !== 'tcp' || socket.state === 'LISTEN');
}

/** Whether the kernel has a full socket for it, with memory and counters: in SYN_RECV and TIME_WAIT it keeps less. */
export function isFullSocket({ state }: Socket): boolean {
  return state !== 'SYN_RECV' && state !== 'TIME_WAIT';
}

/**
 * The states of a connection that nobody holds for good: its program has closed it, or the kernel has only a record of
 * it. In the others it waits to be accepted, and will belong to somebody.
 */
const ofNobody: ReadonlySet<Socket['state'] | undefined> = new Set([
  ...(['SYN_RECV', 'FIN_WAIT1', 'FIN_WAIT2', 'CLOSING', 'LAST_ACK', 'TIME_WAIT'] as const),
]);

/** Whether a connection may be without a process for good, and without an inode. */
export function mayBeOfNobody({ state }: { readonly state?: Socket['state'] }): boolean {
  return ofNobody.has(state);
}

/**
 * Whether a socket is listed if these families are asked for. One that takes both belongs to both, as to Apple's
 * `netstat -f inet`, which skips only what lacks INP_IPV4 (protopr in inet.c). UNIX sockets belong to none and are
 * never left out.
 */
export function isOfFamilies(socket: Socket, families: readonly InetFamily[]): boolean {
  if (socket.protocol === 'unix' || families.includes(socket.family)) return true;
  return socket.dualStack === true && families.includes('inet');
}
