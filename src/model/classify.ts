import type { Socket } from './socket.js';

/** True for `0.0.0.0` and `::`, the addresses that mean any. */
export function isAnyAddress(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

/**
 * Whether a socket has another end, as netstat sees it: what -l leaves out. TCP and SCTP: the remote
 * port is known. UDP, UDP-Lite and raw: the remote address is. UNIX: everything that does not listen.
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
 * Whether netstat counts the socket among servers: it has no peer. macOS and Windows also list TCP
 * sockets that are not in use yet or any more; they serve nobody.
 */
export function isListening(socket: Socket): boolean {
  if (hasPeer(socket)) return false;
  return socket.protocol !== 'tcp' || (socket.state !== 'CLOSE' && socket.state !== 'BOUND');
}
