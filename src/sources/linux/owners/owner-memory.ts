import { inodeIndex, notFound } from '../inode-index.ts';
import type { Proc } from '../proc/proc.ts';
import { findFirstOwners, type Holder } from './find-first-owners.ts';
import { holdsSocket } from './process-sockets.ts';
import { nothingUnseen, type Unseen } from './unseen-processes.ts';
import { foundIn, type Walk, wasAtOnce } from './walk.ts';

/** What is known of some inodes' owners. */
export interface KnownOwners {
  readonly holders: ReadonlyMap<number, Holder>;
  /** What was out of sight when owners were last searched for. */
  readonly unseen: Unseen;
}

/** Remembers owners for the next round of a listing that goes on. */
export interface OwnerMemory {
  /** What the last walk through all processes found; null where the last round needed none. */
  walked: HolderTable | null;
  readonly unowned: UnownedInodes;
  /** Finds the owners of some sockets, one by one. */
  find(proc: Proc, wanted: ReadonlySet<number>): Promise<KnownOwners>;
}

/**
 * A remembered owner is checked with one look at the descriptor that it held. All processes are
 * searched only for inodes that were not there before; those that had no owner then are looked for
 * again on that occasion.
 */
export function ownerMemory(): OwnerMemory {
  let remembered: ReadonlyMap<number, Holder> = new Map();
  let unowned: ReadonlySet<number> = new Set();
  let unseen = nothingUnseen();

  return {
    walked: null,
    unowned: unownedInodes(),
    async find(proc, wanted) {
      const holders = new Map<number, Holder>();
      const missing = new Set<number>();
      let hasNew = false;
      for (const inode of wanted) {
        const holder = remembered.get(inode);
        if (holder !== undefined && holdsSocket(proc, holder.pid, holder.fd, inode)) {
          holders.set(inode, holder);
        } else {
          missing.add(inode);
          hasNew ||= !unowned.has(inode);
        }
      }
      if (hasNew) {
        const found = await findFirstOwners(proc, missing);
        unseen = found.unseen;
        for (const [inode, holder] of found.holders) {
          holders.set(inode, holder);
          missing.delete(inode);
        }
      }
      remembered = holders;
      unowned = missing;
      return { holders, unseen };
    },
  };
}

/** One holder of each inode, as a walk through all processes found them. */
export interface HolderTable {
  readonly unseen: Unseen;
  /** The next one costs less than to look whether this one is still true. */
  readonly isCheap: boolean;
  /** The PID of an inode's holder, the lowest of several; `notFound` where it has none. */
  pidOf(inode: number): number;
  /**
   * Whether what the table says of an inode can be shown again: its holder's descriptor still leads
   * there, or the walk looked for a holder in vain. (A lower PID may hold it as well by now.)
   */
  isStillTrue(proc: Proc, inode: number): boolean;
}

/** The table of a walk; of its lists it keeps those of one share alone. `unowned` is told what it has no holder of. */
export function holderTable(walk: Walk, unowned: UnownedInodes): HolderTable {
  const entries = foundIn(walk);
  const only = walk.shares.length === 1 ? walk.shares[0]?.found : undefined;
  const pids = only?.pids ?? new Int32Array(entries);
  const fds = only?.fds ?? new Int32Array(entries);
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
    isCheap: wasAtOnce(walk),
    pidOf(inode) {
      const holder = entryOf.get(inode);
      if (holder !== notFound) return pids[holder] as number;
      unowned.miss(inode);
      return notFound;
    },
    isStillTrue(proc, inode) {
      const holder = entryOf.get(inode);
      return holder === notFound
        ? unowned.isSettled(inode)
        : holdsSocket(proc, pids[holder] as number, fds[holder] as number, inode);
    },
  };
}

/**
 * Inodes that a walk through all processes found no holder of. A socket can be younger than the walk
 * whose answer it gets: only one that was missed before the walk is known to have no holder.
 */
export interface UnownedInodes {
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
export function unownedInodes(): UnownedInodes {
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
