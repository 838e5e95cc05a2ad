import type { Workload } from '../../../model/workload.ts';
import { workloadLabel } from '../../../model/workload.ts';
import { errnoOf, isForbidden, type Proc } from '../proc/proc.ts';
import { cgroupPaths, workloadOfPath } from './cgroup-path.ts';
import type { ContainerNamer } from './container-namer.ts';
import { keptBy } from './kept-by.ts';

/** What a cgroup belongs to; `workload` null: to none that has a name. */
export interface Cgroup {
  readonly path: string;
  readonly workload: Workload | null;
}

/** The cgroup at a path: one object for each path. */
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

/** Nobody's cgroup file is longer: a line for each hierarchy, each at most a path's length. */
const longestCgroup = 65_536;

/** A process's cgroup, the one of several that tells most; why there is none where it is not told. */
export type CgroupOfProcess = (pid: number) => Cgroup | 'gone' | 'forbidden';

/** Reads the cgroup of each process once. What has none of its own belongs to the container that it is kept in, if any. */
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
    cgroups.find(({ workload }) => workload !== null && isContained(workload)) ??
    cgroups.find(({ workload }) => workload !== null) ??
    cgroups.find(({ path }) => path !== '/') ??
    cgroups[0] ??
    'gone'
  );
}

function isContained({ kind }: Workload): boolean {
  return kind === 'container' || kind === 'pod';
}

/** As many processes of one place are looked at. */
const mostLookedAt = 16;

/**
 * What lives in each of some places, of which the processes are told, in one word: what the first of them belongs to
 * that is not of a session of somebody, who may only look around there. null: to nothing, or to a scope, which many may
 * share.
 */
export async function labelsOfPlaces(
  proc: Proc,
  names: ContainerNamer,
  places: readonly (readonly number[])[],
): Promise<readonly (string | null)[]> {
  const read = cgroupReader(proc);
  const firstOf = (pids: readonly number[]) =>
    [...pids].sort((one, other) => one - other).slice(0, mostLookedAt);
  const found = places.map((pids) => tenantOf(firstOf(pids), read));
  await names.learn(found.filter((one) => one !== null));
  return found.map((one) => (one === null ? null : workloadLabel(names.named(one))));
}

function tenantOf(pids: readonly number[], read: CgroupOfProcess): Workload | null {
  for (const pid of pids) {
    const cgroup = read(pid);
    if (typeof cgroup === 'string') continue;
    const { workload } = cgroup;
    if (workload?.kind !== 'scope') return workload;
    if (!workload.name?.startsWith('session-')) return null;
  }
  return null;
}
