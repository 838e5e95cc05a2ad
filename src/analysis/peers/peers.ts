import type { Owner } from '../../model/socket/owner.ts';
import type { Peer } from '../../model/socket/peer.ts';
import type { Socket, UnixSocket } from '../../model/socket/socket.ts';
import { type Addresses, type OtherEnds, otherEnds, type WhyUnknown } from './inet-pairs.ts';

/** Finds who is at the other end of a socket; null: no process of this machine, or unknown. */
export type PeerFinder = (socket: Socket) => Peer | null;

/**
 * Finds peers among all sockets of a machine, whose owners are known. `unixPeers`: maps the inode of a UNIX socket
 * to the inode at the other end, which no table shows; 0: no process has that end open. null: not known. `others`:
 * see `otherEnds`.
 */
export function peerFinder(
  sockets: readonly Socket[],
  unixPeers: ReadonlyMap<number, number> | null,
  others?: Addresses,
): PeerFinder {
  const endsOf = otherEnds(sockets, others);
  const byInode = unixPeers === null ? new Map<number, UnixSocket>() : unixByInode(sockets);

  function unixPeer({ inode }: UnixSocket): Peer | null {
    const other = inode === null ? undefined : unixPeers?.get(inode);
    if (other === undefined) return null;
    if (other === 0) return { inode: null, owners: [], noOwner: 'none' };
    const known = byInode.get(other);
    // It is in another network namespace, or did not exist yet when the table was read.
    return known === undefined ? { inode: other, owners: [], noOwner: 'unknown' } : peerOf([known]);
  }

  return (socket) => (socket.protocol === 'unix' ? unixPeer(socket) : peerOf(endsOf(socket)));
}

function unixByInode(sockets: readonly Socket[]): Map<number, UnixSocket> {
  const byInode = new Map<number, UnixSocket>();
  for (const socket of sockets) {
    if (socket.protocol === 'unix' && socket.inode !== null) byInode.set(socket.inode, socket);
  }
  return byInode;
}

/** The peer where somebody here may be at the other end, but that cannot be decided. */
export const unknownPeers: Readonly<Record<WhyUnknown, Peer>> = {
  families: { inode: null, owners: [], noOwner: 'unknown' },
  interface: { inode: null, owners: [], noOwner: 'unknown' },
};

/** The peer, if there is one candidate or all candidates have the same owners. */
function peerOf(ends: readonly Socket[] | ReturnType<OtherEnds>): Peer | null {
  if (typeof ends === 'string') return unknownPeers[ends];
  const [first, ...others] = ends;
  if (first === undefined || !others.every((other) => hasSameOwners(first, other))) return null;
  const { inode, owners, noOwner, workload, noWorkload = null } = first;
  const shared = { noOwner, ...(workload !== undefined && { workload, noWorkload }) };
  return others.length === 0
    ? { inode, owners: owners ?? [], ...shared }
    : { inode: null, owners: (owners ?? []).map((owner) => ({ ...owner, fd: null })), ...shared };
}

function hasSameOwners(one: Socket, other: Socket): boolean {
  return one.noOwner === other.noOwner && areSameProcesses(one.owners ?? [], other.owners ?? []);
}

/** Whether two sockets are held by the same processes. */
export function areSameProcesses(some: readonly Owner[], others: readonly Owner[]): boolean {
  return some.length === others.length && some.every(({ pid }, at) => pid === others[at]?.pid);
}
