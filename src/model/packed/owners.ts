import { type NoOwner, type Owner, ownerWith } from '../socket/owner.ts';
import type { Peer } from '../socket/peer.ts';
import { copy } from './columns.ts';
import { emptyWorkloads, type PackedWorkloads, workloadAt } from './workloads.ts';

/** Who holds each socket of a pack, or why no owner is known. */
export interface PackedOwners {
  /** By row: an index in `known`. */
  readonly lists: Int32Array;
  /** By row: the descriptor of the only owner in its list, whose own `fd` is null; else `noFd`. */
  readonly fds: Int32Array;
  /** By row: an index in `noOwners`. */
  readonly reasons: Uint8Array;
  /** Lists of owners; the first is empty. All packs of an answer share this array, and later packs append to it. */
  readonly known: readonly (readonly Owner[])[];
}

/** The owners of each row's peer; a row with neither owners nor a reason has no known peer. */
export interface PackedPeers extends PackedOwners {
  /** By row: the peer's inode; 0: none, or not known. */
  readonly inodes: Uint32Array;
  /** The peers' workloads; null: not asked for. */
  readonly workloads: PackedWorkloads | null;
}

/** In `fds`: the descriptors are in the list itself. */
export const noFd = -1;

/** The values of `reasons`; null: it has an owner. */
export const noOwners: readonly (NoOwner | null)[] = [null, 'denied', 'none', 'kernel', 'unknown'];

/** Returns space for the owners of `room` rows. */
export function emptyOwners(room: number, known: PackedOwners['known']): PackedOwners {
  const lists = new Int32Array(room);
  return { lists, fds: new Int32Array(room).fill(noFd), reasons: new Uint8Array(room), known };
}

/** The same for peers; `workloads`: those that are known, null if they were not asked for. */
export function emptyPeers(
  room: number,
  known: PackedOwners['known'],
  workloads: PackedWorkloads['known'] | null,
): PackedPeers {
  return Object.assign(emptyOwners(room, known), {
    inodes: new Uint32Array(room),
    workloads: workloads && emptyWorkloads(room, workloads),
  });
}

/** Returns the owners of a row as in an object. */
export function ownersAt({ lists, fds, known }: PackedOwners, row: number): readonly Owner[] {
  const list = known[lists[row] as number] as readonly Owner[];
  const fd = fds[row] as number;
  return fd === noFd ? list : [ownerWith(list[0] as Owner, fd)];
}

/** Returns why a row has no owner; null: it has one. */
export function noOwnerAt({ reasons }: PackedOwners, row: number): NoOwner | null {
  return noOwners[reasons[row] as number] ?? null;
}

/** Returns the peer of a row as in an object. */
export function peerAt(peers: PackedPeers, row: number): Peer | null {
  if (peers.lists[row] === 0 && peers.reasons[row] === 0) return null;
  const { inodes, workloads } = peers;
  const peer = {
    inode: inodes[row] || null,
    owners: ownersAt(peers, row),
    noOwner: noOwnerAt(peers, row),
  };
  if (workloads === null) return peer;
  const { workload, noWorkload } = workloadAt(workloads, row);
  return { ...peer, workload, noWorkload };
}

/** Copies the owners of some rows to other rows. */
export function copyOwners(
  to: PackedOwners,
  at: number,
  from: PackedOwners,
  row: number,
  count = 1,
): void {
  copy(to.lists, at, from.lists, row, count);
  copy(to.fds, at, from.fds, row, count);
  copy(to.reasons, at, from.reasons, row, count);
}
