import type { Query } from './query.ts';
import type { View } from './view.ts';

/** When: one round or many, and how long names may take. */
export interface Schedule {
  /** -c: milliseconds between rounds; null: one round. */
  readonly interval: number | null;
  /** One deadline for all name look-ups of a round, milliseconds. */
  readonly resolveTimeout: number;
}

/** Where a live Linux's sockets are read from: /proc, the kernel's answers over netlink, or where it pays. */
export const socketSources = ['auto', 'proc', 'netlink'] as const;
export type SocketSource = (typeof socketSources)[number];

/** Of which place. */
export interface Target {
  /** Another /proc; null: the system's own. */
  readonly procRoot: string | null;
  readonly socketSource: SocketSource;
}

/** What a command line asks to be listed, with nothing left to decide but what the platform offers. */
export interface Listing {
  readonly query: Query;
  readonly view: View;
  readonly schedule: Schedule;
  readonly target: Target;
}
