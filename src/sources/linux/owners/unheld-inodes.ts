import { inodeIndex, notFound } from './inode-index.ts';

/**
 * Inodes that a walk through all processes found no holder of. A socket can be younger than the walk
 * whose answer it gets: only one that was missed before says that there is nobody to be found.
 */
export interface UnheldInodes {
  /** A round begins: what is not asked for in it will be forgotten. */
  beginRound(): void;
  /** A walk begins. */
  beginWalk(): void;
  /** No holder of this inode is known yet, or none was found. */
  miss(inode: number): void;
  /** Whether the last walk looked for this inode in vain: it was missed before that began. */
  isSettled(inode: number): boolean;
}

/** None yet. */
export function unheldInodes(): UnheldInodes {
  let walks = 0;
  // Each with how many walks there had been when it was first missed.
  let earlier = inodeIndex();
  let asked = inodeIndex();

  function missedAt(inode: number): number {
    const now = asked.get(inode);
    return now === notFound ? earlier.get(inode) : now;
  }

  return {
    beginRound() {
      earlier = asked;
      asked = inodeIndex();
    },
    beginWalk() {
      walks++;
    },
    miss(inode) {
      const since = missedAt(inode);
      asked.set(inode, since === notFound ? walks : since);
    },
    isSettled(inode) {
      const since = missedAt(inode);
      if (since === notFound) return false;
      asked.set(inode, since);
      return since < walks;
    },
  };
}
