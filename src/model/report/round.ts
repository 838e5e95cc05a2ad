import type { Row } from './snapshot.ts';

/** An earlier round of a repeated listing, kept to show what changed since. */
export interface Round {
  /** How long before the current round its reading began, by the monotonic clock. */
  readonly secondsAgo: number;
  readonly rows: readonly Row[];
}
