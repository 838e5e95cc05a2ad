import { lazilyFor } from '../../../flow/lazily.ts';
import type { WorkloadFields } from '../../../model/packed/workloads.ts';
import type { Owner } from '../../../model/socket/owner.ts';
import type { Socket } from '../../../model/socket/socket.ts';
import type { Workload } from '../../../model/socket/workload.ts';
import type { Proc } from '../proc/proc.ts';
import { type Cgroup, cgroupsByPath, isContained, isManager, isSystemd } from './cgroup.ts';
import { isOnlyKeepers } from './cgroup-path.ts';
import { type Keepers, keepersIn } from './kept-by.ts';
import { noWorkloadReasons, type OwnedSocket } from './no-workload.ts';
import { cgroupReader } from './process-cgroups.ts';
import { socketCgroups } from './socket-cgroups.ts';

/** Finds what sockets belong to, without the names of containers. */
export interface WorkloadFinder {
  /** Of a socket whose owners are known. */
  of(socket: Socket): WorkloadFields;
  /**
   * What a socket would belong to if each of its owners held it alone, in their order; null among them: its cgroup is not
   * known. null: their cgroups are the same.
   */
  ofEachOwner(socket: Socket): readonly (WorkloadFields | null)[] | null;
  /** Of any socket with these owners; null: it depends on the socket. */
  byOwners(owners: readonly Owner[]): WorkloadFields | null;
}

/**
 * Finds workloads by the cgroups of sockets' owners, else by the cgroup that created the socket, which the kernel
 * reports to every user. `root`: as in `containerNamer`.
 */
export function workloadFinder(proc: Proc, root: string | null): WorkloadFinder {
  const cgroupAt = cgroupsByPath();
  const keepers = keepersIn(proc);
  const cgroupOf = cgroupReader(proc, cgroupAt, keepers);
  const bySocket = socketCgroups(proc, cgroupAt, root);
  const reasonFor = noWorkloadReasons(proc);
  /** One object for all sockets of a cgroup. */
  const foundIn = lazilyFor(
    (cgroup: Cgroup): Found => ({
      cgroup,
      workloads: cgroup.workload === null ? [] : [cgroup.workload],
    }),
  );

  function foundByOwners(owners: readonly Cgroup[]): Found | null {
    const deciding = decidingCgroups(owners);
    if (deciding === null) return null;
    return deciding.length === 1 ? foundIn(deciding[0] as Cgroup) : foundTogether(deciding);
  }

  function foundBySocket(socket: Socket, owners: readonly Cgroup[]): Found {
    const cgroup = bySocket.of(socket, owners);
    return cgroup === null ? { cgroup, workloads: [] } : foundIn(cgroup);
  }

  /** What decides by owners, and the unit for which a systemd among them holds the socket too. */
  function withSocketUnit(found: Found, socket: Socket, owners: readonly Cgroup[]): Found {
    const manager = owners.find(isSystemd) ?? owners.find(isManager);
    const unit = manager === undefined ? null : bySocket.heldBy(manager, socket)?.workload;
    if (!unit || isContained(unit) || found.workloads.includes(unit)) return found;
    return { ...found, workloads: [...found.workloads, unit] };
  }

  /** The cgroups that are known of owners; `isForbidden`: one of the others may not be read. */
  function cgroupsOf(owners: readonly Owner[]) {
    const all = owners.map(({ pid }) => ({ pid, cgroup: cgroupOf(pid) }));
    const known = all.filter((one): one is HoldingProcess => typeof one.cgroup !== 'string');
    const isForbidden = all.some(({ cgroup }) => cgroup === 'forbidden');
    return { known: withoutKeepers(known, keepers), isForbidden };
  }

  function fieldsOf(
    { cgroup, workloads }: Found,
    socket: OwnedSocket,
    isForbidden: boolean,
  ): WorkloadFields {
    return {
      workload: workloads[0] ?? null,
      workloads,
      cgroup: cgroup?.path ?? null,
      noWorkload: workloads.length > 0 ? null : reasonFor(socket, cgroup, isForbidden),
    };
  }

  function ofSocket(socket: Socket): WorkloadFields {
    const { known, isForbidden } = cgroupsOf(socket.owners ?? []);
    const byOwners = foundByOwners(known);
    const found =
      byOwners === null ? foundBySocket(socket, known) : withSocketUnit(byOwners, socket, known);
    return fieldsOf(found, socket, isForbidden);
  }

  return {
    of: ofSocket,
    ofEachOwner(socket) {
      const owners = socket.owners ?? [];
      const [first, ...others] = owners.map(({ pid }) => cgroupOf(pid));
      if (others.every((one) => one === first)) return null;
      return owners.map((owner) =>
        typeof cgroupOf(owner.pid) === 'string' ? null : ofSocket({ ...socket, owners: [owner] }),
      );
    },
    byOwners(owners) {
      const { known, isForbidden } = cgroupsOf(owners);
      const found = known.some(isManager) ? null : foundByOwners(known);
      return found && fieldsOf(found, { owners, noOwner: null }, isForbidden);
    },
  };
}

/** The workloads of a socket, as far as cgroups show them. */
interface Found {
  /** The first of several; may be one without a workload. */
  readonly cgroup: Cgroup | null;
  readonly workloads: readonly Workload[];
}

/** Several cgroups, each with a workload. */
function foundTogether(cgroups: readonly Cgroup[]): Found {
  const workloads = new Set(cgroups.flatMap(({ workload }) => workload ?? []));
  return { cgroup: cgroups[0] ?? null, workloads: [...workloads] };
}

/** A process that holds a socket, and its cgroup. */
interface HoldingProcess {
  readonly pid: number;
  readonly cgroup: Cgroup;
}

/**
 * The cgroups of a socket's owners without those that only keep the container of another one: conmon has passed on to
 * it what systemd has listened at.
 */
function withoutKeepers(owners: readonly HoldingProcess[], keepers: Keepers): readonly Cgroup[] {
  const all = owners.map(({ cgroup }) => cgroup);
  if (all.every((one) => one === all[0])) return all;
  const containers = all.flatMap(({ workload }) => (workload?.id ? [workload] : []));
  if (containers.length === 0) return all;
  return owners.flatMap(({ pid, cgroup }) => {
    const mayKeepIt = !isContained(cgroup.workload) || isOnlyKeepers(cgroup.path);
    const kept = mayKeepIt ? keepers.keptBy(pid) : null;
    const isKeeper = containers.some(({ id, user }) => id === kept?.id && user === kept?.user);
    return isKeeper ? [] : [cgroup];
  });
}

/**
 * Of several owners those count that belong to a workload, and among these not systemd, also a user's or a
 * container's, which passes sockets on. null: they do not decide.
 */
function decidingCgroups(owners: readonly Cgroup[]): readonly Cgroup[] | null {
  const [first] = owners;
  if (first === undefined) return null;
  if (owners.every((one) => one === first) && !isSystemd(first)) return [first];
  const cgroups = owners.filter(({ workload }) => workload !== null);
  for (const passesOn of [isManager, isSystemd]) {
    const others = cgroups.filter((one) => !passesOn(one));
    if (others.length > 0) return others;
  }
  return cgroups.length === 0 ? [first] : null;
}
