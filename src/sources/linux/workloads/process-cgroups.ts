import { lazily, lazilyFor } from '../../../flow/lazily.ts';
import type { Workload } from '../../../model/socket/workload.ts';
import { errnoOf, isForbidden, type Proc } from '../proc/proc.ts';
import { longestCgroup } from '../proc-files.ts';
import { type Cgroup, type CgroupOfProcess, cgroupsByPath, isContained } from './cgroup.ts';
import { cgroupPaths } from './cgroup-path.ts';
import { keepersIn } from './kept-by.ts';

/**
 * Reads the cgroup of each process once. A process whose cgroup shows no container belongs to the container whose
 * keeper it descends from, if any. In a unit only one in a PID namespace of its own does, whose keeper is in the same
 * cgroup, or in one above, in which the container's systemd makes its own: reading who every process descends from would
 * take half as long again.
 */
export function cgroupReader(
  proc: Proc,
  cgroupAt = cgroupsByPath(),
  keepers = keepersIn(proc),
): CgroupOfProcess {
  const shown = lazilyFor((pid: number) => shownCgroup(proc, pid, cgroupAt));
  /** One object for all processes of a container. */
  const inUnit = lazilyFor((container: Workload) =>
    lazilyFor(
      ({ path, workload }: Cgroup): Cgroup => ({
        path,
        workload: { ...container, unit: workload?.unit ?? null },
      }),
    ),
  );
  const isOutside = outsideOfContainers(proc);
  return lazilyFor((pid: number) => {
    const cgroup = shown(pid);
    if (typeof cgroup === 'string' || isContained(cgroup.workload)) return cgroup;
    const isInUnit = cgroup.workload !== null;
    if (isInUnit && isOutside(pid)) return cgroup;
    const keeper = keepers.of(pid);
    if (keeper === null || (isInUnit && !isAtOrBelow(cgroup, shown(keeper.pid)))) return cgroup;
    return inUnit(keeper.container)(cgroup);
  });
}

/** Whether a cgroup is another one, with a unit, or below that. */
function isAtOrBelow({ path }: Cgroup, above: ReturnType<CgroupOfProcess>): boolean {
  if (typeof above === 'string' || above.workload === null) return false;
  return path === above.path || path.startsWith(`${above.path}/`);
}

/** Whether a process is known to share the PID namespace of this machine: a link is the cheapest thing to read. */
function outsideOfContainers(proc: Proc): (pid: number) => boolean {
  const namespaceOf = (of: number | 'self') => {
    try {
      return proc.readLink(of, 'ns/pid');
    } catch {
      return null;
    }
  };
  const machines = lazily(() => namespaceOf(proc.isOwn ? 'self' : 1));
  return (pid) => machines() !== null && namespaceOf(pid) === machines();
}

/** The cgroup that a process has, whatever it descends from. */
export function shownCgroup(
  proc: Proc,
  pid: number | 'self',
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
