import { readlinkSync } from 'node:fs';
import type { Socket } from '../../../model/socket.ts';
import type { NoWorkload, Workload } from '../../../model/workload.ts';
import type { Batches } from '../../source.ts';
import { keptCgroup } from '../netlink/socket-cgroup.ts';
import type { Proc } from '../proc/proc.ts';
import { cgroupFinder } from './cgroup-folders.ts';
import type { ContainerNamer } from './container-namer.ts';
import { type Cgroup, cgroupReader, cgroupsByPath } from './process-cgroups.ts';
import { socketUnits } from './socket-units.ts';

/** What is written into a row. */
type WorkloadFields = {
  -readonly [Key in 'workload' | 'workloads' | 'noWorkload' | 'cgroup']?: Socket[Key];
};

/** The cgroup of systemd itself, which holds sockets for the units that they are. */
const systemdScope = 'init.scope';

/**
 * Sockets, whose owners are known, with what they belong to, which is written into the rows themselves:
 * by the cgroups of their owners, else by the cgroup that made the socket, which the kernel tells to
 * everybody. `root`: as `containerNamer` has it.
 */
export async function* socketsWithWorkloads(
  proc: Proc,
  batches: Batches<Socket>,
  names: ContainerNamer,
  root: string | null,
): Batches<Socket> {
  const find = workloadFinder(proc, root);
  names.beginRound();
  for await (const batch of batches) {
    for (const socket of batch) find(socket);
    const found = new Set(batch.flatMap(({ workloads = [] }) => workloads));
    await names.learn([...found]);
    nameAll(batch, names);
    yield batch;
  }
}

/** Many sockets share a list, and its names are looked up once a batch. */
function nameAll(batch: readonly Socket[], names: ContainerNamer): void {
  const named = new Map<readonly Workload[], readonly Workload[]>();
  for (const socket of batch as readonly WorkloadFields[]) {
    const { workloads } = socket;
    if (workloads === undefined || workloads.length === 0) continue;
    let list = named.get(workloads);
    if (list === undefined) {
      list = workloads.map(names.named);
      named.set(workloads, list);
    }
    socket.workloads = list;
    socket.workload = list[0] ?? null;
  }
}

/** Where a socket belongs, as far as cgroups tell. */
interface Found {
  /** Of several the first; it may be that of no workload. */
  readonly cgroup: Cgroup | null;
  readonly workloads: readonly Workload[];
}

const nothing: Found = { cgroup: null, workloads: [] };

function workloadFinder(proc: Proc, root: string | null): (socket: Socket) => void {
  const cgroupAt = cgroupsByPath();
  const cgroupOf = cgroupReader(proc, cgroupAt);
  const cgroupById = cgroupFinder();
  const unitOf = root === null ? () => null : socketUnits(root);
  const isWhole = seesWholeTree(proc);
  const alone = new Map<Cgroup, Found>();

  /** One for all sockets of a cgroup. */
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

  /** The cgroup that made the socket. */
  function makersCgroup(socket: Socket): Cgroup | null {
    if (socket.protocol === 'unix') return null;
    const id = keptCgroup(socket);
    const path = id === undefined ? null : cgroupById(id);
    return path === null ? null : cgroupAt(path);
  }

  /** A socket that systemd alone holds is that of a unit which it starts for it. */
  function heldBySystemd(socket: Socket): Cgroup | null {
    const maker = makersCgroup(socket);
    if (maker?.workload?.unit?.endsWith('.socket')) return maker;
    const unit = unitOf(socket);
    return unit === null ? null : cgroupAt(`/system.slice/${unit}`);
  }

  /** Of several holders those count whose cgroup is a workload, and of these not systemd, which hands sockets out. */
  function foundOf(socket: Socket, owners: readonly Cgroup[]): Found {
    const [first] = owners;
    if (first === undefined) return foundAlone(makersCgroup(socket));
    if (owners.every((one) => one === first) && !isSystemd(first)) return foundAlone(first);
    const cgroups = owners.filter(({ workload }) => workload !== null);
    const others = cgroups.filter((one) => !isSystemd(one));
    if (others.length > 0) return foundTogether(others);
    const [systemd = null] = cgroups;
    return foundAlone(systemd === null ? first : (heldBySystemd(socket) ?? systemd));
  }

  return (socket) => {
    const held = (socket.owners ?? []).map(({ pid }) => cgroupOf(pid));
    const isKnown = held.every((one) => typeof one !== 'string');
    const owners = isKnown ? held : held.filter((one) => typeof one !== 'string');
    const { cgroup, workloads } = foundOf(socket, owners);
    const fields = socket as WorkloadFields;
    fields.workload = workloads[0] ?? null;
    fields.workloads = workloads;
    fields.cgroup = cgroup?.path ?? null;
    const isForbidden = held.includes('forbidden');
    fields.noWorkload =
      workloads.length > 0 ? null : reasonFor(socket, cgroup, isForbidden, isWhole);
  };
}

const isSystemd = ({ workload }: Cgroup) => workload?.name === systemdScope;

/** Several cgroups, each of a workload. */
function foundTogether(cgroups: readonly Cgroup[]): Found {
  const workloads = new Set(cgroups.flatMap(({ workload }) => workload ?? []));
  return { cgroup: cgroups[0] ?? null, workloads: [...workloads] };
}

function reasonFor(
  { owners, noOwner }: Socket,
  cgroup: Cgroup | null,
  isForbidden: boolean,
  isWhole: () => boolean,
): NoWorkload {
  if (cgroup !== null) return cgroup.path === '/' && !isWhole() ? 'unknown' : 'none';
  if (noOwner === 'none') return 'none';
  if (noOwner === 'denied' || isForbidden) return 'denied';
  return owners === null ? 'denied' : 'unknown';
}

/** PROC_CGROUP_INIT_INO of <linux/proc_ns.h>: the number of the first cgroup namespace. */
const firstNamespace = 'cgroup:[4026531835]';

/**
 * Whether this program, or what tells of another machine there, sees the whole tree of cgroups: in a container's own namespace the container itself
 * is `/`, which elsewhere means no cgroup at all.
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
