import type { NetstatError } from '../../errors.ts';
import type { Warning } from '../../model/report/snapshot.ts';
import type { Query } from '../../model/request/query.ts';
import type { Writable } from '../../model/writable.ts';
import type { Selection } from '../../select/index.ts';
import type { Source } from '../../sources/source.ts';
import type { ReadOptions } from '../read.ts';

/** What to follow, and how. */
export interface FollowTask {
  readonly source: Source;
  readonly query: Query;
  readonly selection: Selection;
  readonly needs: ReadOptions['needs'];
  /** Milliseconds between two rounds. */
  readonly interval: number;
  /** Ends following, at any point. */
  readonly signal: AbortSignal;
  /** Once `signal` is aborted, first yields what had happened by then, as far as it is known without another round. */
  readonly tellsLast?: boolean;
  /** Also report rare tables that are absent. */
  readonly verbose: boolean;
  /** Receives notes that are not warnings. */
  note?(message: string): void;
  /**
   * Turns a failed round into a warning; if it throws, following ends. Left out: a failed round ends following, but for
   * some (`FailedRounds`). The round after a failed one is compared with the last successful one.
   */
  onFailedRound?(error: NetstatError): Warning;
  /**
   * Opens the source of a network namespace by its number. Given if one is followed by its name: once it was read, the
   * name may be missing for a while, as when a container restarts.
   */
  openNumbered?: ((number: number) => Promise<Source>) | undefined;
  /** Called once, after the first round, with the number of sockets that are followed. */
  onBegun?(followed: number): void;
}

/** Counts of what was reported so far. */
export interface FollowTally {
  readonly opened: number;
  readonly closed: number;
  /** Changes of state and owner. */
  readonly changed: number;
  /** How often the kernel reported closes faster than they were read; how many were lost each time is not known. */
  readonly lost: number;
  /** Closes of sockets that no round saw, not reported because a filter needs facts that only a round provides. */
  readonly undecided: number;
}

/** The same, while it grows. */
export type GrowingTally = Writable<FollowTally>;
