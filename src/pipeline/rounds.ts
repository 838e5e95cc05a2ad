import type { Round } from '../model/report/round.ts';
import type { Row } from '../model/report/snapshot.ts';
import type { Schedule } from '../model/request/listing.ts';

/** The start of a round. */
export interface Beginning {
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  /** The previous round; null: this is the first. */
  readonly previous: Round | null;
}

/** What rounds need from the process. */
export interface Clock {
  /** The current time: ISO 8601, UTC. */
  now(): string;
  /** Milliseconds of a monotonic clock. */
  elapsed(): number;
  sleep(milliseconds: number): Promise<void>;
}

/**
 * Runs `round` once, or with an interval repeatedly, until it throws or `sleep` rejects. It returns the rows that
 * the next round needs; none if nothing compares them, and null if it failed: the next is compared with the one before.
 */
export async function inRounds(
  { interval }: Pick<Schedule, 'interval'>,
  { now, elapsed, sleep }: Clock,
  round: (beginning: Beginning) => Promise<readonly Row[] | null>,
): Promise<void> {
  let last: { readonly at: number; readonly rows: readonly Row[] } | null = null;
  for (;;) {
    const takenAt = now();
    const at = elapsed();
    const previous: Round | null = last && {
      secondsAgo: (at - last.at) / 1000,
      rows: last.rows,
    };
    const rows = await round({ takenAt, previous });
    if (interval === null) return;
    if (rows !== null) last = { at, rows };
    await sleep(interval);
  }
}
