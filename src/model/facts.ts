import type { PlatformName } from './snapshot.ts';

/**
 * Facts about sockets that not every platform reports: parts of `TcpInfo`, all of it, `SocketInfo`, sockets that
 * are only bound, workloads, exposure, when a socket was created, queues, the user who created it, inodes, timers,
 * and the peer of a datagram socket, which gives it a state; and the network namespace and machine of any row.
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

/** The systems by their common names. */
export const platformTitles: Readonly<Record<PlatformName, string>> = {
  linux: 'Linux',
  darwin: 'macOS',
  win32: 'Windows',
};
