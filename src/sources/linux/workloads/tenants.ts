import { isForwarder, rootlessPort } from '../../../model/socket/forwarder.ts';
import { type Workload, workloadLabel, workloadWords } from '../../../model/socket/workload.ts';
import { statOf } from '../owners/process-facts.ts';
import type { Proc } from '../proc/proc.ts';
import { type CgroupOfProcess, isContained } from './cgroup.ts';
import type { ContainerNamer } from './container-namer.ts';
import { cgroupReader } from './process-cgroups.ts';

/** The most processes of one place that are read. */
const mostLookedAt = 16;

/**
 * A name for what runs in each of several places, given the processes there: the workload of the first process that
 * is neither in a user's session, which may only be there to look around, nor there to forward ports into the place.
 * null: none, or a scope, which many may share.
 */
export async function labelsOfPlaces(
  proc: Proc,
  names: ContainerNamer,
  places: readonly (readonly number[])[],
): Promise<readonly (string | null)[]> {
  const read = cgroupReader(proc);
  const firstOf = (pids: readonly number[]) =>
    [...pids].sort((one, other) => one - other).slice(0, mostLookedAt);
  const found = places.map((pids) => tenantOf(proc, firstOf(pids), read));
  await names.learn(found.filter((one) => one !== null));
  return found.map((one) => (one === null ? null : workloadLabel(names.named(one))));
}

/** What a process belongs to, as people call it. */
export interface Tenant {
  readonly label: string;
  /** Every word that finds it, as in `workloadWords`. */
  readonly words: ReadonlySet<string>;
  readonly isContained: boolean;
}

/** The workload of each of these processes; null: as for a place where it is alone. */
export async function tenantsOf(
  proc: Proc,
  names: ContainerNamer,
  pids: readonly number[],
): Promise<readonly (Tenant | null)[]> {
  const read = cgroupReader(proc);
  const found = pids.map((pid) => tenantOf(proc, [pid], read));
  await names.learn(found.filter((one) => one !== null));
  const tenants = new Map<Workload, Tenant>();
  return found.map((one) => {
    if (one === null) return null;
    const workload = names.named(one);
    let tenant = tenants.get(workload);
    if (tenant === undefined) {
      const words = new Set(workloadWords(workload));
      tenant = { label: workloadLabel(workload), words, isContained: isContained(workload) };
      tenants.set(workload, tenant);
    }
    return tenant;
  });
}

function tenantOf(proc: Proc, pids: readonly number[], read: CgroupOfProcess): Workload | null {
  for (const pid of pids) {
    const cgroup = read(pid);
    if (typeof cgroup === 'string') continue;
    const { workload } = cgroup;
    if (isContained(workload)) return workload;
    if (workload?.kind === 'scope' && workload.name?.startsWith('session-')) continue;
    if (!isForwarding(proc, pid)) return workload?.kind === 'scope' ? null : workload;
  }
  return null;
}

/** Whether a process forwards ports to containers, or is the part of rootlessport that lives with its container. */
function isForwarding(proc: Proc, pid: number): boolean {
  const stat = statOf(proc, pid);
  if (stat === null) return false;
  return isForwarder(stat.name) || statOf(proc, stat.parent)?.name === rootlessPort;
}
