import type { NoOwner, Owner } from './owner.ts';
import type { NoWorkload, Workload } from './workload.ts';

/** The other end of a connection, if it is a socket of this machine. */
export interface Peer {
  /**
   * Its inode number; null if it has none (TIME_WAIT, not accepted yet), if the platform has no inodes, or if
   * several sockets of the same processes are candidates.
   */
  readonly inode: number | null;
  /** Every process found to hold it, by PID. */
  readonly owners: readonly Owner[];
  /** Why `owners` is empty; null when it is not. */
  readonly noOwner: NoOwner | null;
  /** Its workload, if workloads were asked for; null: see `noWorkload`. */
  readonly workload?: Workload | null;
  /** Why there is none, as in a row; left out also if it is not known which socket the peer is. */
  readonly noWorkload?: NoWorkload | null;
}

/** Why the peers of other machines' UNIX sockets are not known: only a machine's own kernel could be asked. */
export const noUnixPeersElsewhere =
  'the peers of UNIX sockets are not available from other machines';
