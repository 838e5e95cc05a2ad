import { isNetstatError } from '../../../errors.ts';
import type { StoppedProcess } from '../../../model/machine/system-facts.ts';
import { statOf } from '../owners/process-facts.ts';
import { errnoOf, isGone, type Proc } from '../proc/proc.ts';
import { longestCgroup } from '../proc-files.ts';
import type { Freezer } from './cgroup-freezer.ts';
import { socketsOf } from './held-sockets.ts';
import { type Inspected, inspectEach } from './inspect-processes.ts';

/** What stops a process in these states (fs/proc/array.c); what is frozen has no state of its own. */
const stoppers: Readonly<Record<string, StoppedProcess['by']>> = { T: 'signal', t: 'tracer' };

/** The states of processes that have ended. */
const ended = /^[ZXx]$/;

/** The processes that are stopped and have sockets; those that are and cannot be inspected are denied. */
interface Stopped extends Inspected<StoppedProcess> {
  /** Of how many it cannot be seen whether they are frozen. */
  readonly unclear: number;
  /** Whether the state of any process is known. */
  readonly isKnown: boolean;
}

/** The processes that are stopped and have sockets; `programOf` names one. `freezer` null: nothing can be frozen. */
export function stoppedProcesses(
  proc: Proc,
  pids: readonly number[],
  programOf: (pid: number) => string | null,
  freezer: Freezer | null,
): Stopped {
  let unclear = 0;
  let isKnown = pids.length === 0;
  const inspected = inspectEach(pids, (pid): StoppedProcess | null => {
    const stat = statOf(proc, pid);
    if (stat === null) return null;
    isKnown = true;
    const isOver = ended.test(stat.state);
    const frozenIn = freezer === null || isOver ? null : cgroupHeld(proc, pid, freezer);
    if (frozenIn === 'unknown') unclear++;
    const frozen = frozenIn === 'unknown' ? null : frozenIn;
    const by = stoppers[stat.state] ?? (frozen === null ? undefined : 'freezer');
    if (by === undefined) return null;
    const sockets = socketsOf(proc, pid);
    return sockets.length === 0 ? null : { pid, program: programOf(pid), by, frozen, sockets };
  });
  return { ...inspected, unclear, isKnown };
}

/** What `freezer` says of a process; null if it has ended. */
function cgroupHeld(proc: Proc, pid: number, freezer: Freezer): ReturnType<Freezer> {
  let cgroups: Buffer;
  try {
    cgroups = proc.readFile(`${pid}/cgroup`, longestCgroup);
  } catch (error) {
    const code = errnoOf(error);
    if (code === '' && !isNetstatError(error)) throw error;
    return isGone(code) ? null : 'unknown';
  }
  return freezer(cgroups);
}
