import type { Workload } from '../../../model/socket/workload.ts';
import { errnoOf, isForbidden, type Proc } from '../proc/proc.ts';
import { longestCgroup } from '../proc-files.ts';
import { cgroupPaths, workloadOfPath } from './cgroup-path.ts';
import { keptBy } from './kept-by.ts';

/** A cgroup and its workload; `workload` null: none that has a name. */
export interface Cgroup {
  readonly path: string;
  readonly workload: Workload | null;
}

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

/** A process's cgroup, the most informative of several; or why it is not known. */
export type CgroupOfProcess = (pid: number) => Cgroup | 'gone' | 'forbidden';

/**
 * Reads the cgroup of each process once. A process whose cgroup shows nothing belongs to the container whose keeper it
 * descends from, if any.
 */
export function cgroupReader(proc: Proc, cgroupAt = cgroupsByPath()): CgroupOfProcess {
  const known = new Map<number, ReturnType<CgroupOfProcess>>();
  const container = keptBy(proc);
  return (pid) => {
    let cgroup = known.get(pid);
    if (cgroup === undefined) {
      cgroup = cgroupOf(proc, pid, cgroupAt);
      if (typeof cgroup !== 'string' && cgroup.workload === null) {
        const workload = container(pid);
        if (workload !== null) cgroup = { path: cgroup.path, workload };
      }
      known.set(pid, cgroup);
    }
    return cgroup;
  };
}

function cgroupOf(
  proc: Proc,
  pid: number,
  cgroupAt: (path: string) => Cgroup,
): ReturnType<CgroupOfProcess> {
  let paths: readonly string[];
  try {
    paths = cgroupPaths(proc.readFile(`${pid}/cgroup`, longestCgroup).toString('utf8'));
  } catch (error) {
    return isForbidden(errnoOf(error)) ? 'forbidden' : 'gone';
  }
  const cgroups = paths.map(cgroupAt);
  // In a hybrid layout a runtime may leave a container in its own unit in version 2, as Docker's does.
  return (
    cgroups.find(({ workload }) => isContained(workload)) ??
    cgroups.find(({ workload }) => workload !== null) ??
    cgroups.find(({ path }) => path !== '/') ??
    cgroups[0] ??
    'gone'
  );
}

/** Whether it is a container or a pod. */
export function isContained(workload: Workload | null): boolean {
  return workload?.kind === 'container' || workload?.kind === 'pod';
}
