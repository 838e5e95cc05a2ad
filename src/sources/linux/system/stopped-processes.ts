import { isNetstatError } from '../../../errors.ts';
import type { StoppedProcess } from '../../../model/machine/system-facts.ts';
import { statOf } from '../owners/process-facts.ts';
import { errnoOf, isGone, type Proc } from '../proc/proc.ts';
import { socketsOf } from './held-sockets.ts';

/** What stops a process in these states (fs/proc/array.c). */
const stoppers: Readonly<Record<string, StoppedProcess['by']>> = { T: 'signal', t: 'tracer' };

/** Processes that are stopped. */
interface Stopped {
  /** Those that have sockets. */
  readonly found: readonly StoppedProcess[];
  /** How many of those that are stopped could not be inspected. */
  readonly denied: number;
  /** Whether the state of any process is known. */
  readonly isKnown: boolean;
}

/** The processes that are stopped and have sockets; `programOf` names one. */
export function stoppedProcesses(
  proc: Proc,
  pids: readonly number[],
  programOf: (pid: number) => string | null,
): Stopped {
  const found: StoppedProcess[] = [];
  let denied = 0;
  let isKnown = pids.length === 0;
  for (const pid of pids) {
    const stat = statOf(proc, pid);
    if (stat === null) continue;
    isKnown = true;
    const by = stoppers[stat.state];
    if (by === undefined) continue;
    try {
      const sockets = socketsOf(proc, pid);
      if (sockets.length > 0) found.push({ pid, program: programOf(pid), by, sockets });
    } catch (error) {
      const code = errnoOf(error);
      if (code === '' && !isNetstatError(error)) throw error;
      if (!isGone(code)) denied++;
    }
  }
  return { found, denied, isKnown };
}
