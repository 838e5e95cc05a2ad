import type { Proc } from '../proc/proc.ts';
import { foundIn, type Walk } from './find-all.ts';
import { inodeIndex, notFound } from './inode-index.ts';
import { holds } from './scan-process.ts';
import type { UnheldInodes } from './unheld-inodes.ts';
import type { Unseen } from './unseen.ts';

/** One holder of each inode, as a walk through all processes found them. */
export interface HolderTable {
  readonly unseen: Unseen;
  /** The PID of an inode's holder, the lowest of several; `notFound` where it has none. */
  pidOf(inode: number): number;
  /**
   * Whether what the table says of an inode will do: its holder's descriptor still leads there, or the
   * walk looked for a holder in vain. (A lower PID may hold it as well by now.)
   */
  isStillTrue(proc: Proc, inode: number): boolean;
}

/** The table of a walk; it keeps nothing of its lists. What it has no holder of, `unheld` is told. */
export function holderTable(walk: Walk, unheld: UnheldInodes): HolderTable {
  const entries = foundIn(walk);
  const pids = new Int32Array(entries);
  const fds = new Int32Array(entries);
  const entryOf = inodeIndex(entries);
  let entry = 0;
  for (const { found } of walk.shares) {
    for (let i = 0; i < found.length; i++, entry++) {
      const inode = found.inodes[i] as number;
      const pid = found.pids[i] as number;
      pids[entry] = pid;
      fds[entry] = found.fds[i] as number;
      const known = entryOf.get(inode);
      if (known === notFound || pid < (pids[known] as number)) entryOf.set(inode, entry);
    }
  }
  return {
    unseen: walk.unseen,
    pidOf(inode) {
      const holder = entryOf.get(inode);
      if (holder !== notFound) return pids[holder] as number;
      unheld.miss(inode);
      return notFound;
    },
    isStillTrue(proc, inode) {
      const holder = entryOf.get(inode);
      return holder === notFound
        ? unheld.isSettled(inode)
        : holds(proc, pids[holder] as number, fds[holder] as number, inode);
    },
  };
}
