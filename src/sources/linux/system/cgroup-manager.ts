import type { CgroupManager } from '../../../model/machine/system-facts.ts';
import type { Workload } from '../../../model/socket/workload.ts';
import { workloadOfPath } from '../workloads/cgroup-path.ts';

/** What made a cgroup, by its path, and what that calls it; null: its name shows none, or others could have given it. */
export function managerOf(path: string): CgroupManager | null {
  const workload = workloadOfPath(path);
  return engineOf(path, workload) ?? systemdOf(path, workload);
}

/** How much of an ID an engine takes for a container's. */
const idLength = 12;

/** The engine of a container's own cgroup: those in it are named by its root, and frozen by others. */
function engineOf(path: string, workload: Workload | null): CgroupManager | null {
  if (workload?.kind !== 'container') return null;
  const { runtime, id, name, user, within } = workload;
  if (user !== undefined || within !== undefined) return null;
  // crun makes it one below the scope.
  const own = path
    .replace(/\/container$/, '')
    .split('/')
    .at(-1) as string;
  if (!own.includes(id ?? name ?? '')) return null;
  if (runtime === 'lxc') return name === null ? null : { program: 'lxc', name };
  const isEngine = runtime === 'docker' || runtime === 'podman';
  return isEngine && id !== null ? { program: runtime, name: id.slice(0, idLength) } : null;
}

/**
 * systemd for the cgroup of a unit itself: it does not thaw what a service freezes below that. Only slices are above its
 * units; below others, the user of a service with `Delegate=` may have chosen the name.
 */
function systemdOf(path: string, workload: Workload | null): CgroupManager | null {
  const above = path.slice(1).split('/');
  const name = above.pop() as string;
  const isUnit = /^[^-].*\.(?:service|scope|slice)$/s.test(name);
  const isInSlices = above.every((one) => /.\.slice$/s.test(one));
  const isContained = workload?.kind === 'container' || workload?.kind === 'pod';
  return isUnit && isInSlices && !isContained ? { program: 'systemd', name } : null;
}
