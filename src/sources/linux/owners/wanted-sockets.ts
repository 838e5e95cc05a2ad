import type { Socket } from '../../../model/socket/socket.ts';

/** A list of sockets that the kernel can go through by itself, without those that are connections of TCP. */
export type SocketList = 'tcp' | 'udp' | 'unix';

/** The inodes of sockets whose owners are searched for. */
export interface WantedSockets extends ReadonlySet<number> {
  /** The lists that all of them are in; absent: some are not, or it is not known. */
  readonly lists?: ReadonlySet<SocketList> | undefined;
}

/** Returns a set of inodes that are in certain lists. */
export function inLists(
  inodes: Iterable<number>,
  lists: WantedSockets['lists'],
): WantedSockets & Set<number> {
  return Object.assign(new Set(inodes), { lists });
}

/** Returns the inodes of sockets. */
export function wantedOf(sockets: readonly Socket[]): WantedSockets {
  const inodes = new Set<number>();
  const lists = new Set<SocketList | null>();
  for (const socket of sockets) {
    if (socket.inode === null) continue;
    inodes.add(socket.inode);
    lists.add(listOf(socket));
  }
  return inLists(inodes, lists.has(null) ? undefined : (lists as ReadonlySet<SocketList>));
}

function listOf({ protocol, state }: Socket): SocketList | null {
  if (protocol === 'tcp') return state === 'LISTEN' ? 'tcp' : null;
  return protocol === 'udp' || protocol === 'unix' ? protocol : null;
}
