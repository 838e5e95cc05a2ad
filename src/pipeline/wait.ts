import type { Wait } from '../model/listing.ts';
import type { Warning } from '../model/snapshot.ts';

/** What a look at a listing found. */
export interface Look {
  /** There is a row. */
  readonly isThere: boolean;
  /** What could not be read or seen: where there is no row, there may be one after all. */
  readonly unseen: readonly Warning[];
}

/** Warnings that say only of owners that they are not known. */
const ofOwners: ReadonlySet<Warning['code']> = new Set(['owners-denied', 'owners-failed']);

/**
 * What warnings say is left unseen. A table that a kernel lacks is not: it has no such sockets. Nor is a row
 * whose owners are, unless rows are chosen by those.
 */
export function unseenIn(warnings: readonly Warning[], byOwner: boolean): readonly Warning[] {
  return warnings.filter(({ code }) => code !== 'absent' && (byOwner || !ofOwners.has(code)));
}

/** What waiting needs of the process. */
interface Clock {
  /** Milliseconds since some moment. */
  elapsed(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** How waiting ended, with the look that ended it. */
interface Waited<L extends Look> {
  /** `late`: the time is over. `unknown`: something that was asked for cannot be seen. */
  readonly outcome: 'met' | 'late' | 'unknown';
  readonly last: L;
}

/**
 * Looks again and again until it is as wanted or the time is over; the last look is at the end of that
 * time. `onUnseen` is told what is left unseen where it may wait for that for ever.
 */
export async function waitFor<L extends Look>(
  { for: wanted, timeout, every }: Wait,
  look: () => Promise<L>,
  { elapsed, sleep }: Clock,
  onUnseen: (warnings: readonly Warning[]) => void,
): Promise<Waited<L>> {
  const start = elapsed();
  let isFirst = true;
  for (;;) {
    const last = await look();
    const { isThere, unseen } = last;
    if (wanted === 'there' && isThere) return { outcome: 'met', last };
    if (wanted === 'gone' && !isThere) {
      return { outcome: unseen.length === 0 ? 'met' : 'unknown', last };
    }
    const left = timeout === null ? Number.POSITIVE_INFINITY : timeout - (elapsed() - start);
    if (left <= 0) {
      return { outcome: !isThere && unseen.length > 0 ? 'unknown' : 'late', last };
    }
    if (isFirst && timeout === null) onUnseen(unseen);
    isFirst = false;
    await sleep(Math.min(every, left));
  }
}
