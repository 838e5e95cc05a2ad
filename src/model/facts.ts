import type { PlatformName } from './snapshot.ts';

/**
 * What some platforms tell of sockets and others do not: something of `TcpInfo`, all of it, `SocketInfo`,
 * sockets that are only bound, when a socket was created, what it belongs to, how far it can be reached, queues, the user who made
 * it, inodes, timers, a UNIX socket's references and flags, the peer of a datagram socket, by which it
 * has a state; and of which network namespace, and which machine, any row is.
 */
export type Fact =
  | 'tcpInfo'
  | 'tcpInternals'
  | 'socketInfo'
  | 'boundSockets'
  | 'workloads'
  | 'exposure'
  | 'creationTimes'
  | 'queues'
  | 'users'
  | 'inodes'
  | 'timers'
  | 'datagramPeers'
  | 'netns'
  | 'hosts';

/** The systems by the names that people know. */
export const platformTitles: Readonly<Record<PlatformName, string>> = {
  linux: 'Linux',
  darwin: 'macOS',
  win32: 'Windows',
};
