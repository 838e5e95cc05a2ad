import { lazily, lazilyFor } from '../../../flow/lazily.ts';
import type { WorkloadFields } from '../../../model/packed/workloads.ts';
import { mayBeOfNobody } from '../../../model/socket/classify.ts';
import type { Owner } from '../../../model/socket/owner.ts';
import type { Socket } from '../../../model/socket/socket.ts';
import type { NoWorkload, Workload } from '../../../model/socket/workload.ts';
import { keptCgroup } from '../netlink/socket-cgroup.ts';
import type { Proc } from '../proc/proc.ts';
import { type Cgroup, cgroupsByPath, isContained } from './cgroup.ts';
import { cgroupFolders } from './cgroup-folders.ts';
import { isOnlyKeepers, workloadOfPath } from './cgroup-path.ts';
import { hasKeepers, type Keepers, keepersIn, mayKeep } from './kept-by.ts';
import { cgroupReader } from './process-cgroups.ts';
import { socketUnits } from './socket-units.ts';
import { seesWholeTree } from './whole-tree.ts';

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
  const reasonFor = reasons(proc);
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
    return cgroup === null ? nothing : foundIn(cgroup);
  }

  /** What decides by owners, and the unit for which a systemd among them holds the socket too. */
  function withSocketUnit(found: Found, socket: Socket, owners: readonly Cgroup[]): Found {
    const manager = owners.find(isSystemd) ?? owners.find(isManager);
    const unit = manager === undefined ? null : bySocket.heldBy(manager, socket)?.workload;
    if (!unit || isContained(unit) || found.workloads.includes(unit)) return found;
    return { ...found, workloads: [...found.workloads, unit] };
  }

  function cgroupsOf(owners: readonly Owner[]) {
    const all = owners.map(({ pid }) => ({ pid, cgroup: cgroupOf(pid) }));
    return {
      known: withoutKeepers(
        all.filter((one): one is HoldingProcess => typeof one.cgroup !== 'string'),
        keepers,
      ),
      isForbidden: all.some(({ cgroup }) => cgroup === 'forbidden'),
    };
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

const nothing: Found = { cgroup: null, workloads: [] };

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

/** The cgroup of systemd itself, which holds sockets on behalf of units. */
const systemdScope = 'init.scope';

const isSystemd = ({ workload }: Cgroup) => workload?.name === systemdScope;
const isNotSystemd = (cgroup: Cgroup) => !isSystemd(cgroup);

/** Whether it is a systemd's own cgroup: the machine's, a user's, or one in a container. */
const isManager = (cgroup: Cgroup) => isSystemd(cgroup) || cgroup.path.endsWith(`/${systemdScope}`);
const isNoManager = (cgroup: Cgroup) => !isManager(cgroup);

/**
 * Of several owners those count that belong to a workload, and among these not systemd, also a user's or a
 * container's, which passes sockets on. null: they do not decide.
 */
function decidingCgroups(owners: readonly Cgroup[]): readonly Cgroup[] | null {
  const [first] = owners;
  if (first === undefined) return null;
  if (owners.every((one) => one === first) && !isSystemd(first)) return [first];
  const cgroups = owners.filter(({ workload }) => workload !== null);
  for (const isOther of [isNoManager, isNotSystemd]) {
    const others = cgroups.filter(isOther);
    if (others.length > 0) return others;
  }
  return cgroups.length === 0 ? [first] : null;
}

/** Finds cgroups that the owners of a socket do not tell. */
interface SocketCgroups {
  /** That of a socket whose owners do not decide: none is known, or it is systemd itself. */
  of(socket: Socket, owners: readonly Cgroup[]): Cgroup | null;
  /**
   * The cgroup of that systemd with the unit for which it holds the socket; or the unit's own, if the socket was created
   * there. null: the unit is not known.
   */
  heldBy(systemd: Cgroup, socket: Socket): Cgroup | null;
}

function socketCgroups(
  proc: Proc,
  cgroupAt: (path: string) => Cgroup,
  root: string | null,
): SocketCgroups {
  const folders = cgroupFolders();
  /** null: not there, or containers without cgroups of their own may be in it, of which nothing else is known. */
  const pathOf = lazilyFor((id: number) => {
    const path = folders.pathOf(id);
    if (path === null || isContained(cgroupAt(path).workload) || isOnlyKeepers(path)) return path;
    return folders.processesIn(id).some((pid) => mayKeep(proc, pid)) ? null : path;
  });
  const unitOf = root === null ? () => null : socketUnits(root);
  /** systemd's cgroup, by each unit for which it holds a socket. */
  const held = new Map<string, Cgroup>();

  /** The cgroup that created the socket. */
  function makersCgroup(socket: Socket): Cgroup | null {
    if (socket.protocol === 'unix') return null;
    const id = keptCgroup(socket);
    const path = id === undefined ? null : pathOf(id);
    return path === null ? null : cgroupAt(path);
  }

  function heldBy(systemd: Cgroup, socket: Socket): Cgroup | null {
    const maker = makersCgroup(socket);
    if (maker?.workload?.unit?.endsWith('.socket')) return maker;
    // The files are those of the machine's units.
    const unit = isSystemd(systemd) ? unitOf(socket) : null;
    if (unit === null) return null;
    let cgroup = held.get(unit);
    if (cgroup === undefined) {
      cgroup = { path: systemd.path, workload: workloadOfPath(`/${unit}`) };
      held.set(unit, cgroup);
    }
    return cgroup;
  }

  return {
    of(socket, owners) {
      const systemd = owners.find(({ workload }) => workload !== null);
      return systemd === undefined ? makersCgroup(socket) : (heldBy(systemd, socket) ?? systemd);
    },
    heldBy,
  };
}

/** A socket, or several with the same owners: these have some. */
type OwnedSocket = Pick<Socket, 'owners' | 'noOwner'> & {
  readonly state?: Socket['state'];
};

/** Tells why a socket has no workload. `isForbidden`: the cgroup of an owner may not be read. */
function reasons(
  proc: Proc,
): (socket: OwnedSocket, cgroup: Cgroup | null, isForbidden: boolean) => NoWorkload {
  const isWhole = seesWholeTree(proc);
  const mayBeKept = lazily(() => hasKeepers(proc));
  return (socket, cgroup, isForbidden) => {
    const { owners, noOwner } = socket;
    if (cgroup !== null) {
      if (cgroup.path === '/' && !isWhole()) return 'unknown';
      // The process that is not seen may belong to a container that has no cgroup.
      return (noOwner === 'denied' || isForbidden) && mayBeKept() ? 'denied' : 'none';
    }
    if (noOwner === 'none' && mayBeOfNobody(socket)) return 'none';
    if (noOwner === 'denied' || isForbidden) return 'denied';
    return owners === null ? 'denied' : 'unknown';
  };
}
