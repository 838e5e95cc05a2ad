import type { Wait } from '../model/listing.ts';
import type { Warning } from '../model/snapshot.ts';

/** The result of one reading while waiting. */
export interface Look {
  /** Whether there is a row. */
  readonly isThere: boolean;
  /** Warnings about what could not be read or seen; if there is no row, there may still be one. */
  readonly unseen: readonly Warning[];
}

/** Warnings that only mean that owners are not known. */
const ownerWarnings: ReadonlySet<Warning['code']> = new Set(['owners-denied', 'owners-failed']);

/**
 * The warnings that mean that rows may be hidden. A table that the kernel lacks hides nothing: it has no such
 * sockets. Nor do unknown owners, unless rows are filtered by owner.
 */
export function unseenIn(warnings: readonly Warning[], byOwner: boolean): readonly Warning[] {
  return warnings.filter(({ code }) => code !== 'absent' && (byOwner || !ownerWarnings.has(code)));
}

/** What waiting needs from the process. */
interface Clock {
  /** Milliseconds of a monotonic clock. */
  elapsed(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** How waiting ended, with the last reading. */
interface Waited<L extends Look> {
  /** `late`: the time is over. `unknown`: something that was asked for cannot be seen. */
  readonly outcome: 'met' | 'late' | 'unknown';
  readonly last: L;
}

/**
 * Reads repeatedly until the condition holds or the time is over; the last reading is at the end of that time.
 * `onUnseen` gets the warnings about hidden rows if the wait has no time limit.
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
