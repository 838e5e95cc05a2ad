import type { NoOwner, Owner } from './owner.ts';
import type { Workload } from './workload.ts';

/** The other end of a connection, where that is a socket of this machine. */
export interface Peer {
  /**
   * Its inode number; null where it has none (TIME_WAIT, not accepted yet) or the platform has no inodes,
   * and where several sockets of the same processes may be it.
   */
  readonly inode: number | null;
  /** Every process found to hold it, by PID. */
  readonly owners: readonly Owner[];
  /** Why `owners` is empty; null when it is not. */
  readonly noOwner: NoOwner | null;
  /** What it belongs to: there where workloads were asked for; null: to nothing, or it cannot be told. */
  readonly workload?: Workload | null;
}
