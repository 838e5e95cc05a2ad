import { isNetstatError } from '../errors.ts';
import type { Warning } from '../model/report/snapshot.ts';
import { failuresOfMachine, hidingNothing, hidingOwners } from '../model/report/warning-codes.ts';
import type { Wait } from '../model/request/listing.ts';
import { failedRounds } from './failed-rounds.ts';
import type { Clock } from './rounds.ts';
import { anyRows, type Sought } from './sought.ts';

/** The result of one reading while waiting. */
export interface Look {
  /** Whether there is a row. */
  readonly isThere: boolean;
  /** Warnings about what could not be read or seen; if there is no row, there may still be one. */
  readonly unseen: readonly Warning[];
}

/**
 * The warnings that mean that rows that are sought may be hidden. A table that the kernel lacks hides nothing: it has no
 * such sockets. Nor do unknown owners, unless rows are filtered by owner, nor a table in which no row can match.
 */
export function unseenIn(
  warnings: readonly Warning[],
  { byOwner, mayConcern }: Sought,
): readonly Warning[] {
  return warnings.filter(
    (warning) =>
      !hidingNothing.has(warning.code) &&
      (byOwner || !hidingOwners.has(warning.code)) &&
      mayConcern(warning),
  );
}

/** A look that no machine answered. */
export interface Unanswered extends Look {
  readonly isThere: false;
}

/**
 * Looks. If `mayAnswerLater` (other machines are asked whether something is there), that none of them could be read is
 * what was seen, and no error: one may be starting. `warnings`: those of this look.
 */
export async function lookAgain<L extends Look>(
  mayAnswerLater: boolean,
  warnings: readonly Warning[],
  look: () => Promise<L>,
): Promise<L | Unanswered> {
  try {
    return await look();
  } catch (error) {
    if (!mayAnswerLater || !isNetstatError(error) || error.code !== 'unreadable') throw error;
    const { message, path } = error;
    const failure: Warning = { code: 'host-failed', message, source: path };
    return { isThere: false, unseen: [...unseenIn(warnings, anyRows), failure] };
  }
}

/** The shortest pause after a look that was not answered, in milliseconds: of another machine, each is an attempt to log in. */
const shortestRest = 1000;

/**
 * A doubt that soon ends by itself: what a connection belongs to is known once it is accepted. In a container it may
 * stay.
 */
const isPassing = ({ code, source }: Warning) => code === 'uncertain' && source === 'workloads';

/** How long, in milliseconds, is waited for passing doubts to end if the wait has no time limit. */
const longestDoubt = 5000;

/** How waiting ended, with the last reading. */
type Waited<L extends Look> = { readonly last: L } & (
  | { readonly outcome: 'met' }
  /** Something that was asked for cannot be seen. */
  | { readonly outcome: 'unknown' }
  /** The time, in milliseconds, is over. */
  | { readonly outcome: 'late'; readonly after: number }
);

/**
 * Reads repeatedly until the condition holds or the time is over; the last reading is at the end of that time.
 * `onUnseen` gets the warnings about hidden rows if the wait has no time limit.
 */
export async function waitFor<L extends Look>(
  { for: wanted, timeout, every }: Wait,
  look: () => Promise<L>,
  { elapsed, sleep }: Pick<Clock, 'elapsed' | 'sleep'>,
  onUnseen: (warnings: readonly Warning[]) => void,
): Promise<Waited<L>> {
  const start = elapsed();
  const failures = failedRounds();
  let isFirst = true;
  for (;;) {
    let last: L;
    try {
      last = await look();
      failures.succeeded();
    } catch (error) {
      const left = timeout === null ? shortestRest : timeout - (elapsed() - start);
      if (left <= 0 || !failures.survives(error)) throw error;
      await sleep(Math.min(shortestRest, left));
      continue;
    }
    const { isThere, unseen } = last;
    if (wanted === 'there' && isThere) return { outcome: 'met', last };
    const isGone = wanted === 'gone' && !isThere;
    if (isGone && unseen.length === 0) return { outcome: 'met', last };
    if (isGone && (!unseen.every(isPassing) || elapsed() - start >= (timeout ?? longestDoubt))) {
      return { outcome: 'unknown', last };
    }
    let left = Number.POSITIVE_INFINITY;
    if (timeout !== null) {
      left = timeout - (elapsed() - start);
      if (left <= 0) {
        const isUnknown = !isThere && unseen.length > 0;
        return isUnknown ? { outcome: 'unknown', last } : { outcome: 'late', after: timeout, last };
      }
    }
    if (isFirst && timeout === null) onUnseen(unseen);
    isFirst = false;
    const isAnswered = !unseen.some(({ code }) => failuresOfMachine.has(code));
    await sleep(Math.min(isAnswered ? every : Math.max(every, shortestRest), left));
  }
}
