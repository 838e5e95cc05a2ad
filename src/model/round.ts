import type { Row } from './snapshot.ts';

/** One round of a repeated listing, kept to show what changed since. */
export interface Round {
  /** When reading began: ISO 8601, UTC. */
  readonly takenAt: string;
  readonly rows: readonly Row[];
}
