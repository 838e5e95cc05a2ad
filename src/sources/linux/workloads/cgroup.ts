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
  const known = new Map<string, Cgroup>();
  return (path) => {
    let cgroup = known.get(path);
    if (cgroup === undefined) {
      cgroup = { path, workload: workloadOfPath(path) };
      known.set(path, cgroup);
    }
    return cgroup;
  };
}

/** Whether it is a container or a pod. */
export function isContained(workload: Workload | null): boolean {
  return workload?.kind === 'container' || workload?.kind === 'pod';
}
