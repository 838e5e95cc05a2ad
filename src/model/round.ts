import type { Row } from './snapshot.ts';

/** One round of a repeated listing, kept to show what changed since. */
export interface Round {
  /** How long before the round that is shown its reading began, by a clock that nobody sets. */
  readonly secondsAgo: number;
  readonly rows: readonly Row[];
}
