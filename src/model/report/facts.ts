import type { PlatformName } from './snapshot.ts';

/**
 * Facts about sockets that not every platform reports: parts of `TcpInfo`, all of it, `SocketInfo`, sockets that
 * are only bound, workloads, exposure, when a socket was created, queues, the user who created it, inodes, timers,
 * the peer of a datagram socket, which gives it a state, and what is known of the processes that hold sockets beyond
 * their names: `ProcessFacts`, command lines and descriptors, and executables; and the network namespace and machine of
 * any row.
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
  | 'processFacts'
  | 'executables'
  | 'netns'
  | 'machines';

/** What these facts are, in messages. */
export const factTitles: Readonly<Record<Fact, string>> = {
  tcpInfo: "TCP's internals",
  tcpInternals: "TCP's internals",
  socketInfo: 'memory, drops and accept queues of sockets',
  boundSockets: 'sockets that are only bound',
  workloads: 'containers, units and services of sockets',
  exposure: 'the exposure of servers',
  creationTimes: 'creation times of sockets',
  queues: 'the queues of sockets',
  users: 'users of sockets',
  inodes: 'inode numbers of sockets',
  timers: 'timers of sockets',
  datagramPeers: 'peers and states of UDP sockets',
  processFacts: 'start times, users, ancestors, command lines and descriptors of processes',
  executables: 'executables of processes',
  netns: 'network namespaces',
  machines: 'the machine of a row',
};

/** The systems by their common names. */
export const platformTitles: Readonly<Record<PlatformName, string>> = {
  linux: 'Linux',
  darwin: 'macOS',
  win32: 'Windows',
};
