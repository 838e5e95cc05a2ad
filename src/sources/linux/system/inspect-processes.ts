import { isNetstatError } from '../../../errors.ts';
import { errnoOf, isGone } from '../proc/proc.ts';

/** What was found of processes that were looked at, and how many could not be. */
export interface Inspected<Found> {
  readonly found: readonly Found[];
  readonly denied: number;
}

/** Looks at each process; null: there is nothing to report of it. Those that ended meanwhile do not count. */
export function inspectEach<Found>(
  pids: readonly number[],
  look: (pid: number) => Found | null,
): Inspected<Found> {
  const found: Found[] = [];
  let denied = 0;
  for (const pid of pids) {
    try {
      const one = look(pid);
      if (one !== null) found.push(one);
    } catch (error) {
      const code = errnoOf(error);
      if (code === '' && !isNetstatError(error)) throw error;
      if (!isGone(code)) denied++;
    }
  }
  return { found, denied };
}
