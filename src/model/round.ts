import type { Row } from './snapshot.ts';

/** A round of a listing that goes on, for whoever shows what changed since. */
export interface Round {
  /** When reading began: ISO 8601, UTC. */
  readonly takenAt: string;
  readonly rows: readonly Row[];
}
