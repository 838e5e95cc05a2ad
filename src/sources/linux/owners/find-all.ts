import type { Proc } from '../proc/proc.ts';
import { type FoundList, foundBuilder } from './found-list.ts';
import { scanAll } from './other-holdings.ts';
import { scanProcess } from './scan-process.ts';
import { nothingUnseen, type Unseen } from './unseen.ts';

/** The sockets that a share of the processes hold. */
export interface WalkShare {
  readonly found: FoundList;
  /** How many processes it walked through. */
  readonly walked: number;
  readonly unseen: Unseen;
}

/** A walk through processes, put together from its shares. */
export interface Walk {
  readonly shares: readonly WalkShare[];
  readonly unseen: Unseen;
}

/** How many sockets a walk found. */
export function foundIn({ shares }: Walk): number {
  return shares.reduce((sum, { found }) => sum + found.length, 0);
}

/** In place of a descriptor's number: the process holds the socket without one. */
export const noDescriptor = -1;

/**
 * What a walk looks at. `netstat`: each process's own table of descriptors, which is all that netstat
 * sees. `all`: also where else a socket can be held.
 */
export type WalkDepth = 'netstat' | 'all';

/**
 * Walks the processes whose turns `next` hands out, until it hands out none: threads that share a
 * counter share the work.
 */
export function walkShare(
  proc: Proc,
  pids: Int32Array | readonly number[],
  next: () => number,
  depth: WalkDepth,
  isWanted: (inode: number) => boolean = () => true,
): WalkShare {
  const found = foundBuilder();
  const unseen = nothingUnseen();
  let walked = 0;
  for (let turn = next(); turn < pids.length; turn = next()) {
    const pid = pids[turn] as number;
    if (depth === 'all') {
      scanAll(proc, pid, unseen, (inode, fd) => found.add(pid, inode, fd ?? noDescriptor));
    } else {
      scanProcess(proc, pid, unseen, (inode, fd) => {
        if (isWanted(inode)) found.add(pid, inode, Number(fd));
        return false;
      });
    }
    walked++;
  }
  return { found: found.list(), walked, unseen };
}
