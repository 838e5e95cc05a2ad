import type { Socket } from './socket.js';

/** True for `0.0.0.0` and `::`, the addresses that mean any. */
export function isAnyAddress(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

/**
 * Whether netstat counts the socket among servers. TCP and SCTP: nothing is on the other end (port
 * 0). UDP, UDP-Lite and raw: the remote address means any. UNIX: the state says so.
 */
export function isListening(socket: Socket): boolean {
  switch (socket.protocol) {
    case 'tcp':
    case 'sctp':
      return socket.remote.port === 0;
    case 'unix':
      return socket.state === 'LISTENING';
    default:
      return isAnyAddress(socket.remote.address);
  }
}
