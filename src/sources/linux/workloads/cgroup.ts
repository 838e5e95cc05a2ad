import { lazilyFor } from '../../../flow/lazily.ts';
import type { Workload } from '../../../model/socket/workload.ts';
import { workloadOfPath } from './cgroup-path.ts';

/** A cgroup and its workload; `workload` null: none that has a name. */
export interface Cgroup {
  readonly path: string;
  readonly workload: Workload | null;
}

/** A process's cgroup, the most informative of several; or why it is not known. */
export type CgroupOfProcess = (pid: number) => Cgroup | 'gone' | 'forbidden';

/** Returns the cgroup of a path: one object for each path. */
export function cgroupsByPath(): (path: string) => Cgroup {
  return lazilyFor((path: string) => ({ path, workload: workloadOfPath(path) }));
}

/** Whether it is a container or a pod. */
export function isContained(workload: Workload | null): boolean {
  return workload?.kind === 'container' || workload?.kind === 'pod';
}

/** The cgroup of systemd itself, which holds sockets on behalf of units. */
const systemdScope = 'init.scope';

/** Whether it is that of the machine's systemd. */
export function isSystemd({ workload }: Cgroup): boolean {
  return workload?.name === systemdScope;
}

/** Whether it is a systemd's own cgroup: the machine's, a user's, or one in a container. */
export function isManager(cgroup: Cgroup): boolean {
  return isSystemd(cgroup) || cgroup.path.endsWith(`/${systemdScope}`);
}
