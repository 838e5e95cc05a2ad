import { lazilyFor } from '../../../flow/lazily.ts';
import { distinctBy } from '../../../model/add-to.ts';
import { isForwarder, rootlessPort } from '../../../model/socket/forwarder.ts';
import { type Workload, workloadLabel, workloadWords } from '../../../model/socket/workload.ts';
import { statOf } from '../owners/process-facts.ts';
import type { Proc } from '../proc/proc.ts';
import { type CgroupOfProcess, isContained } from './cgroup.ts';
import type { ContainerNamer } from './container-namer.ts';
import { cgroupReader } from './process-cgroups.ts';

/** The most processes of one place that are read. */
const mostLookedAt = 16;

/** The processes of a place that are looked at: those that were there first. */
function firstOf(pids: readonly number[]): readonly number[] {
  return [...pids].sort((one, other) => one - other).slice(0, mostLookedAt);
}

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
  const found = places.map((pids) => tenantOf(proc, firstOf(pids), read));
  await names.learn(found.filter((one) => one !== null));
  return found.map((one) => (one === null ? null : workloadLabel(names.named(one))));
}

/** Who ports that lead into a place are for. */
export interface Residents {
  /** As in `labelsOfPlaces`; of a pod of Podman's with one container, that container. */
  readonly label: string;
  /** All containers of a pod of Podman's, else the one workload. */
  readonly workloads: readonly Workload[];
}

/**
 * Who lives in each of several places, given the processes there; null: as in `labelsOfPlaces`, or another workload than
 * the unit that was there first, or a process of none, may be the one that ports lead to.
 */
export async function residentsOfPlaces(
  proc: Proc,
  names: ContainerNamer,
  places: readonly (readonly number[])[],
): Promise<readonly (Residents | null)[]> {
  const read = cgroupReader(proc);
  const found = places.map((pids) => {
    const tenant = tenantOf(proc, firstOf(pids), read);
    // A container's place was made for it, and its engine publishes ports for it, whoever joins it there.
    return isContained(tenant) || isAlone(proc, tenant, pids, read) ? tenant : null;
  });
  await names.learn(found.filter((one) => one !== null));
  const first = found.map((one) => (one === null ? null : names.named(one)));
  const inPods = places.map((pids, at) => (isInfra(first[at]) ? containersOf(pids, read) : []));
  await names.learn(inPods.flat());
  return first.map((tenant, at) => {
    if (tenant === null) return null;
    const inPod = (inPods[at] ?? []).map((one) => names.named(one));
    // A container may have cgroups of its own.
    const others = distinctBy(inPod, ({ id, within }) => `${id} ${within}`).filter(
      (one) => !isInfra(one),
    );
    const [one = tenant, another] = others;
    return {
      label: workloadLabel(another === undefined ? one : tenant),
      workloads: others.length === 0 ? [tenant] : others,
    };
  });
}

/** Whether it only keeps a pod of Podman's together: Podman calls it after the pod's ID. */
function isInfra(workload: Workload | null | undefined): boolean {
  const { runtime, name } = workload ?? {};
  return runtime === 'podman' && /^[0-9a-f]{12}-infra$/.test(name ?? '');
}

/** The containers that processes are in, once for each process. */
function containersOf(pids: readonly number[], read: CgroupOfProcess): readonly Workload[] {
  return pids.flatMap((pid) => {
    const cgroup = read(pid);
    const workload = typeof cgroup === 'string' ? null : cgroup.workload;
    return workload !== null && isContained(workload) ? [workload] : [];
  });
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
  const tenant = lazilyFor(
    (workload: Workload): Tenant => ({
      label: workloadLabel(workload),
      words: new Set(workloadWords(workload)),
      isContained: isContained(workload),
    }),
  );
  return found.map((one) => one && tenant(names.named(one)));
}

function tenantOf(proc: Proc, pids: readonly number[], read: CgroupOfProcess): Workload | null {
  for (const pid of pids) {
    const cgroup = read(pid);
    if (typeof cgroup === 'string') continue;
    const { workload } = cgroup;
    if (isContained(workload)) return workload;
    if (!isVisiting(workload) && !isForwarding(proc, pid)) {
      return workload?.kind === 'scope' ? null : workload;
    }
  }
  return null;
}

/** Whether no process of a place belongs to another workload than this one, or to none. */
function isAlone(
  proc: Proc,
  tenant: Workload | null,
  pids: readonly number[],
  read: CgroupOfProcess,
): boolean {
  const own = tenant && workloadLabel(tenant);
  return pids.every((pid) => {
    const cgroup = read(pid);
    if (typeof cgroup === 'string') return true;
    const { workload } = cgroup;
    const isSame = workload !== null && workloadLabel(workload) === own;
    return isSame || isVisiting(workload) || isForwarding(proc, pid);
  });
}

/** Whether it is a user's session, which may only be there to look around. */
function isVisiting(workload: Workload | null): boolean {
  return workload?.kind === 'scope' && workload.name?.startsWith('session-') === true;
}

/** Whether a process forwards ports to containers, or is the part of rootlessport that lives with its container. */
function isForwarding(proc: Proc, pid: number): boolean {
  const stat = statOf(proc, pid);
  if (stat === null) return false;
  return isForwarder(stat.name) || statOf(proc, stat.parent)?.name === rootlessPort;
}
