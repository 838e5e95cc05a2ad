import type { Proc } from '../proc/proc.ts';
import { type Speaker, type Surrounding, standings } from './believed.ts';
import { cgroupsByPath } from './cgroup.ts';
import { containerPath } from './cgroup-path.ts';
import { keepersIn } from './kept-by.ts';
import type { MachineUser } from './machine-users.ts';
import { shownCgroup } from './process-cgroups.ts';

/** Of a process of which only its PID namespace shows that it may be in a container. */
export const belowOnly = 'below' satisfies Surrounding;

/** Reads who processes are, and in which containers. */
export function speakers(proc: Proc, userOf?: MachineUser): (pid: number) => Speaker {
  const cgroupAt = cgroupsByPath();
  const keepers = keepersIn(proc);
  const standingOf = standings(proc, userOf);
  const surroundingOf = (pid: number): Surrounding => {
    const cgroup = shownCgroup(proc, pid, cgroupAt);
    if (cgroup === 'forbidden') return undefined;
    // A kernel may have no cgroups, and a copy of a /proc only some.
    if (cgroup === 'gone') return proc.isLive ? null : undefined;
    return containerPath(cgroup.path) ?? (keepers.of(pid) === null ? null : 'kept');
  };
  return (pid) => {
    // Before its user, who is then not known of a process that has ended.
    const inside = surroundingOf(pid);
    const { uid, isBelow } = standingOf(pid);
    return { uid, inside: inside === null && isBelow ? belowOnly : inside };
  };
}

/**
 * The container that has the files of a machine: that of this process, or of the first on another; null: in none, as
 * usual, or it is not known.
 */
export function surroundingOfFiles(proc: Proc): string | null {
  const cgroup = shownCgroup(proc, proc.isOwn ? 'self' : 1, cgroupsByPath());
  return typeof cgroup === 'string' ? null : containerPath(cgroup.path);
}
