import { copy } from './columns.ts';
import { type NoOwner, type Owner, ownerWith } from './owner.ts';
import { emptyWorkloads, type PackedWorkloads, workloadAt } from './packed-workloads.ts';
import type { Peer } from './peer.ts';

/** Who holds each socket of a pack, or why nobody is told. */
export interface PackedOwners {
  /** By row: a place in `known`. */
  readonly lists: Int32Array;
  /** By row: the descriptor by which the one owner in its list holds it, who has none there; else `noFd`. */
  readonly fds: Int32Array;
  /** By row: a place in `noOwners`. */
  readonly reasons: Uint8Array;
  /** Owners as a socket has them, the first nobody: the same array for all packs of an answer, to which later ones add. */
  readonly known: readonly (readonly Owner[])[];
}

/** Who holds the other end of each row: who has neither owners nor a reason for that has no peer here. */
export interface PackedPeers extends PackedOwners {
  /** By row: of the other end; 0: it has none, or cannot be told. */
  readonly inodes: Uint32Array;
  /** What the other end belongs to; null: not asked for. */
  readonly workloads: PackedWorkloads | null;
}

/** What `fds` has where a list says itself by what its owners hold a socket. */
export const noFd = -1;

/** What `reasons` has places in; the first: it has an owner. */
export const noOwners: readonly (NoOwner | null)[] = [null, 'denied', 'none', 'kernel', 'unknown'];

/** Room for so many rows' owners. */
export function emptyOwners(room: number, known: PackedOwners['known']): PackedOwners {
  const lists = new Int32Array(room);
  return { lists, fds: new Int32Array(room).fill(noFd), reasons: new Uint8Array(room), known };
}

/** The same for the other ends; `workloads`: those that are known, null where none were asked for. */
export function emptyPeers(
  room: number,
  known: PackedOwners['known'],
  workloads: PackedWorkloads['known'] | null,
): PackedPeers {
  return {
    ...emptyOwners(room, known),
    inodes: new Uint32Array(room),
    workloads: workloads && emptyWorkloads(room, workloads),
  };
}

/** Who holds a row's socket, as an object has it. */
export function ownersAt({ lists, fds, known }: PackedOwners, row: number): readonly Owner[] {
  const list = known[lists[row] as number] as readonly Owner[];
  const fd = fds[row] as number;
  return fd === noFd ? list : [ownerWith(list[0] as Owner, fd)];
}

/** Why nobody is told to hold a row's socket; null: somebody is. */
export function noOwnerAt({ reasons }: PackedOwners, row: number): NoOwner | null {
  return noOwners[reasons[row] as number] ?? null;
}

/** The other end of a row, as an object has it. */
export function peerAt(peers: PackedPeers, row: number): Peer | null {
  if (peers.lists[row] === 0 && peers.reasons[row] === 0) return null;
  const { inodes, workloads } = peers;
  return {
    inode: inodes[row] || null,
    owners: ownersAt(peers, row),
    noOwner: noOwnerAt(peers, row),
    ...(workloads !== null && { workload: workloadAt(workloads, row).workload }),
  };
}

/** Writes what is told of some rows' owners into those of other rows. */
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
