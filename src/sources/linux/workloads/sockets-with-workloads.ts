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
    await names.learn(batch.flatMap(({ workloads = [] }) => workloads));
    for (const socket of batch) nameAll(socket as WorkloadFields, names);
    yield batch;
  }
}

function nameAll(socket: WorkloadFields, names: ContainerNamer): void {
  if (!socket.workload) return;
  socket.workload = names.named(socket.workload);
  socket.workloads = (socket.workloads ?? []).map(names.named);
}

function workloadFinder(proc: Proc, root: string | null): (socket: Socket) => void {
  const cgroupAt = cgroupsByPath();
  const cgroupOf = cgroupReader(proc, cgroupAt);
  const cgroupById = cgroupFinder();
  const unitOf = root === null ? () => null : socketUnits(root);
  const isWhole = seesWholeTree(proc);

  function ownersCgroups({ owners }: Socket): { found: Cgroup[]; isForbidden: boolean } {
    const found: Cgroup[] = [];
    let isForbidden = false;
    for (const { pid } of owners ?? []) {
      const cgroup = cgroupOf(pid);
      if (cgroup === 'forbidden') isForbidden = true;
      if (typeof cgroup !== 'string') found.push(cgroup);
    }
    return { found, isForbidden };
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

  return (socket) => {
    const { found, isForbidden } = ownersCgroups(socket);
    let cgroups = found.filter(({ workload }) => workload !== null);
    const others = cgroups.filter(({ workload }) => workload?.name !== systemdScope);
    if (others.length > 0) cgroups = others;
    else if (cgroups.length > 0) cgroups = [heldBySystemd(socket) ?? (cgroups[0] as Cgroup)];
    else if (found.length === 0) {
      const maker = makersCgroup(socket);
      if (maker !== null) found.push(maker);
      if (maker?.workload) cgroups = [maker];
    }
    const workloads = [...new Set(cgroups.map(({ workload }) => workload as Workload))];
    const cgroup = cgroups[0] ?? found[0] ?? null;
    const fields = socket as WorkloadFields;
    fields.workload = workloads[0] ?? null;
    fields.workloads = workloads;
    fields.cgroup = cgroup?.path ?? null;
    fields.noWorkload =
      workloads.length > 0 ? null : reasonFor(socket, cgroup, isForbidden, isWhole);
  };
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
