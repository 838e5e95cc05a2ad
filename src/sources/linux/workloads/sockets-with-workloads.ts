import { readlinkSync } from 'node:fs';
import { lazily, lazilyFor } from '../../../flow/lazily.ts';
import {
  type PackedSockets,
  packIn,
  socketsIn,
  type WritablePack,
} from '../../../model/packed/sockets.ts';
import type { WorkloadFields } from '../../../model/packed/workloads.ts';
import type { Owner } from '../../../model/socket/owner.ts';
import type { Socket } from '../../../model/socket/socket.ts';
import type { NoWorkload, Workload } from '../../../model/socket/workload.ts';
import type { Writable } from '../../../model/writable.ts';
import type { Batches } from '../../source.ts';
import { keptCgroup } from '../netlink/socket-cgroup.ts';
import type { Proc } from '../proc/proc.ts';
import { cgroupFinder } from './cgroup-folders.ts';
import { workloadOfPath } from './cgroup-path.ts';
import type { ContainerNamer } from './container-namer.ts';
import { hasKeepers } from './kept-by.ts';
import { type Cgroup, cgroupReader, cgroupsByPath } from './process-cgroups.ts';
import { socketUnits } from './socket-units.ts';

/** The cgroup of systemd itself, which holds sockets on behalf of units. */
const systemdScope = 'init.scope';

/**
 * Writes workloads into the rows of sockets whose owners are known: by the cgroups of their owners, else by the
 * cgroup that created the socket, which the kernel reports to every user. `root`: as in `containerNamer`.
 */
export async function* socketsWithWorkloads(
  proc: Proc,
  batches: Batches<Socket>,
  names: ContainerNamer,
  root: string | null,
): Batches<Socket> {
  const find = workloadFinder(proc, root);
  const pack = packedWorkloads(find);
  names.beginRound();
  for await (const batch of batches) {
    const packed = packIn(batch);
    const found =
      packed === null ? batch.map((socket) => writeWorkloads(socket, find)) : pack(packed);
    await names.learn([...new Set(found.flatMap(({ workloads }) => workloads))]);
    nameAll(found, names);
    yield batch;
  }
}

/** Writes the workload into a row. Returns the row with writable fields. */
function writeWorkloads(socket: Socket, find: Finder): Writable<WorkloadFields> {
  return Object.assign(socket, find.of(socket)) as Writable<WorkloadFields>;
}

const nobody: readonly Owner[] = [];

/** Writes workloads into packs. Returns those that were not known before. */
function packedWorkloads(
  find: Finder,
): (pack: PackedSockets) => readonly Writable<WorkloadFields>[] {
  const known: WorkloadFields[] = [];
  const places = new Map<string, number>();
  /** Many rows share a list with at most one workload. */
  const keyOfShared = lazilyFor((workloads: WorkloadFields['workloads']) =>
    JSON.stringify(workloads),
  );
  const keyOf = (workloads: WorkloadFields['workloads']) =>
    workloads.length > 1 ? JSON.stringify(workloads) : keyOfShared(workloads);
  function placeOf(fields: WorkloadFields): number {
    const key = `${fields.noWorkload} ${fields.cgroup} ${keyOf(fields.workloads)}`;
    const place = places.get(key) ?? known.push(fields) - 1;
    places.set(key, place);
    return place;
  }
  /** null: it depends on the socket. */
  const placeOfList = lazilyFor((owners: readonly Owner[]) => {
    const fields = find.byOwners(owners);
    return fields && placeOf(fields);
  });
  return (pack) => {
    const first = known.length;
    // The reader reuses its pack: the workloads of the batch before are still there.
    (pack as WritablePack).workloads = null;
    const placesOf = new Int32Array(pack.length);
    for (let row = 0; row < pack.length; row++) {
      const list = pack.owners?.known[pack.owners.lists[row] as number] ?? nobody;
      placesOf[row] =
        placeOfList(list) ?? placeOf(find.of(socketsIn(pack, row, row + 1)[0] as Socket));
    }
    (pack as WritablePack).workloads = { places: placesOf, known };
    return known.slice(first);
  };
}

/** Names the workloads of rows. Many rows share a list, which is looked up once a batch. */
function nameAll(rows: readonly Writable<WorkloadFields>[], names: ContainerNamer): void {
  const named = new Map<readonly Workload[], readonly Workload[]>();
  for (const row of rows) {
    const { workloads } = row;
    if (workloads.length === 0) continue;
    let list = named.get(workloads);
    if (list === undefined) {
      list = workloads.map(names.named);
      named.set(workloads, list);
    }
    row.workloads = list;
    row.workload = list[0] ?? null;
  }
}

/** The workloads of a socket, as far as cgroups show them. */
interface Found {
  /** The first of several; may be one without a workload. */
  readonly cgroup: Cgroup | null;
  readonly workloads: readonly Workload[];
}

const nothing: Found = { cgroup: null, workloads: [] };

/** Finds workloads. */
interface Finder {
  /** Of a socket whose owners are known. */
  of(socket: Socket): WorkloadFields;
  /** Of any socket with these owners; null: it depends on the socket. */
  byOwners(owners: readonly Owner[]): WorkloadFields | null;
}

function workloadFinder(proc: Proc, root: string | null): Finder {
  const cgroupAt = cgroupsByPath();
  const cgroupOf = cgroupReader(proc, cgroupAt);
  const cgroupById = cgroupFinder();
  const unitOf = root === null ? () => null : socketUnits(root);
  const isWhole = seesWholeTree(proc);
  const mayBeKept = lazily(() => hasKeepers(proc));
  const alone = new Map<Cgroup, Found>();
  /** systemd's cgroup, by each unit for which it holds a socket. */
  const held = new Map<string, Cgroup>();

  /** One object for all sockets of a cgroup. */
  function foundAlone(cgroup: Cgroup | null): Found {
    if (cgroup === null) return nothing;
    let found = alone.get(cgroup);
    if (found === undefined) {
      const { workload } = cgroup;
      found = { cgroup, workloads: workload === null ? [] : [workload] };
      alone.set(cgroup, found);
    }
    return found;
  }

  /** The cgroup that created the socket. */
  function makersCgroup(socket: Socket): Cgroup | null {
    if (socket.protocol === 'unix') return null;
    const id = keptCgroup(socket);
    const path = id === undefined ? null : cgroupById(id);
    return path === null ? null : cgroupAt(path);
  }

  /**
   * systemd's cgroup with the unit for which it holds the socket, if systemd is its only owner; or the unit's own, if
   * the socket was created there.
   */
  function heldBySystemd(socket: Socket, { path }: Cgroup): Cgroup | null {
    const maker = makersCgroup(socket);
    if (maker?.workload?.unit?.endsWith('.socket')) return maker;
    const unit = unitOf(socket);
    if (unit === null) return null;
    let cgroup = held.get(unit);
    if (cgroup === undefined) {
      cgroup = { path, workload: workloadOfPath(`/${unit}`) };
      held.set(unit, cgroup);
    }
    return cgroup;
  }

  /**
   * Of several owners those count that belong to a workload, and among these not systemd, also a user's or a
   * container's, which passes sockets on. null: they do not decide.
   */
  function foundByOwners(owners: readonly Cgroup[]): Found | null {
    const [first] = owners;
    if (first === undefined) return null;
    if (owners.every((one) => one === first) && !isSystemd(first)) return foundAlone(first);
    const cgroups = owners.filter(({ workload }) => workload !== null);
    for (const isOther of [isNoManager, isNotSystemd]) {
      const others = cgroups.filter(isOther);
      if (others.length > 0) return foundTogether(others);
    }
    return cgroups.length === 0 ? foundAlone(first) : null;
  }

  /** Where owners do not decide: none is known, or it is systemd itself. */
  function foundBySocket(socket: Socket, owners: readonly Cgroup[]): Found {
    const systemd = owners.find(({ workload }) => workload !== null);
    return foundAlone(
      systemd === undefined ? makersCgroup(socket) : (heldBySystemd(socket, systemd) ?? systemd),
    );
  }

  function cgroupsOf(owners: readonly Owner[]) {
    const all = owners.map(({ pid }) => cgroupOf(pid));
    return {
      known: all.filter((one) => typeof one !== 'string'),
      isForbidden: all.includes('forbidden'),
    };
  }

  function fieldsOf(
    { cgroup, workloads }: Found,
    holders: Holders,
    isForbidden: boolean,
  ): WorkloadFields {
    return {
      workload: workloads[0] ?? null,
      workloads,
      cgroup: cgroup?.path ?? null,
      noWorkload:
        workloads.length > 0 ? null : reasonFor(holders, cgroup, isForbidden, isWhole, mayBeKept),
    };
  }

  return {
    of(socket) {
      const { known, isForbidden } = cgroupsOf(socket.owners ?? []);
      return fieldsOf(foundByOwners(known) ?? foundBySocket(socket, known), socket, isForbidden);
    },
    byOwners(owners) {
      const { known, isForbidden } = cgroupsOf(owners);
      const found = foundByOwners(known);
      return found && fieldsOf(found, { owners, noOwner: null }, isForbidden);
    },
  };
}

const isSystemd = ({ workload }: Cgroup) => workload?.name === systemdScope;
const isNotSystemd = (cgroup: Cgroup) => !isSystemd(cgroup);

/** Whether it is not a systemd's own cgroup: not the machine's, nor that of a user or in a container. */
const isNoManager = ({ path }: Cgroup) => !path.endsWith(`/${systemdScope}`);

/** Several cgroups, each with a workload. */
function foundTogether(cgroups: readonly Cgroup[]): Found {
  const workloads = new Set(cgroups.flatMap(({ workload }) => workload ?? []));
  return { cgroup: cgroups[0] ?? null, workloads: [...workloads] };
}

/** A socket, or several with the same owners: these have some. */
type Holders = Pick<Socket, 'owners' | 'noOwner'> & {
  readonly state?: Socket['state'];
};

/**
 * The states of a connection that nobody holds for good: its program has closed it, or the kernel has only a record of it.
 * In the others it waits to be accepted, and will belong to somebody.
 */
const ofNobody: ReadonlySet<Holders['state']> = new Set([
  ...(['SYN_RECV', 'FIN_WAIT1', 'FIN_WAIT2', 'CLOSING', 'LAST_ACK', 'TIME_WAIT'] as const),
]);

function reasonFor(
  holders: Holders,
  cgroup: Cgroup | null,
  isForbidden: boolean,
  isWhole: () => boolean,
  mayBeKept: () => boolean,
): NoWorkload {
  const { owners, noOwner, state } = holders;
  if (cgroup !== null) {
    if (cgroup.path === '/' && !isWhole()) return 'unknown';
    // The process that is not seen may belong to a container that has no cgroup.
    return (noOwner === 'denied' || isForbidden) && mayBeKept() ? 'denied' : 'none';
  }
  if (noOwner === 'none' && ofNobody.has(state)) return 'none';
  if (noOwner === 'denied' || isForbidden) return 'denied';
  return owners === null ? 'denied' : 'unknown';
}

/** PROC_CGROUP_INIT_INO of <linux/proc_ns.h>: the number of the first cgroup namespace. */
const firstNamespace = 'cgroup:[4026531835]';

/**
 * Whether this program, or the sender on another machine, sees the whole cgroup tree: in a container's own cgroup
 * namespace the container itself is `/`, which elsewhere means no cgroup.
 */
function seesWholeTree(proc: Proc): () => boolean {
  const link = () =>
    proc.isElsewhere === true
      ? proc.readLink('self', 'ns/cgroup')
      : readlinkSync('/proc/self/ns/cgroup');
  let isWhole: boolean | null = null;
  return () => {
    try {
      isWhole ??= link() === firstNamespace;
    } catch {
      isWhole = false;
    }
    return isWhole;
  };
}
