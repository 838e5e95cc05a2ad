import { statusBytes, usersIn } from '../owners/process-users.ts';
import { pidNamespaces } from '../proc/net-place.ts';
import type { Proc } from '../proc/proc.ts';
import { type MachineUser, machineUsers } from './machine-users.ts';

/**
 * Who is believed of containers. Any process can be named and started like an engine's, and so can one in a container,
 * whose root may have the UID of the machine's. So it counts whose process it is, and in which container: it is
 * believed only of that user's containers directly in there.
 */

/** Who says something of a container: a process, by what it cannot choose itself. */
export interface Speaker {
  /** Its real user, as in the names of cgroups; null: not known. */
  readonly uid: number | null;
  /** The container that it is in, as `Surrounding`. */
  readonly inside: Surrounding;
}

/** The path of a container's cgroup, or other text for one without; null: in none; undefined: not known. */
export type Surrounding = string | null | undefined;

/** Whose container, and where: as in `Workload`. */
export interface Whose {
  readonly user?: number;
  readonly within?: string;
}

/** Whether `speaker` is believed of a container. A copy of a /proc may lack who a process is; that is believed. */
export function isBelieved(
  { uid, inside }: Speaker,
  { user = 0, within }: Whose,
  { isLive }: Pick<Proc, 'isLive'>,
): boolean {
  return (uid === user || (uid === null && !isLive)) && isThere(inside, within, isLive);
}

/** Whether one inside of this is believed of containers directly within a container; absent: in none. */
export function isThere(inside: Surrounding, within: string | undefined, isLive: boolean): boolean {
  return inside === undefined ? !isLive : inside === (within ?? null);
}

/** What /proc/PID/status tells of a process. */
export interface Standing {
  /** As in `Speaker`. */
  readonly uid: number | null;
  /** It is in a PID namespace below that of this /proc, as containers are. */
  readonly isBelow: boolean;
}

/** Reads who processes are. */
export function standings(
  proc: Proc,
  userOf: MachineUser = machineUsers(proc),
): (pid: number) => Standing {
  return (pid) => {
    try {
      const status = proc.readFile(`${pid}/status`, statusBytes).toString('latin1');
      return {
        uid: userOf(usersIn(status)?.real ?? null),
        isBelow: (pidNamespaces(status) ?? 1) > 1,
      };
    } catch {
      return { uid: null, isBelow: false };
    }
  };
}
