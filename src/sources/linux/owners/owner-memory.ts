import { inodeIndex, notFound } from '../inode-index.ts';
import type { Proc } from '../proc/proc.ts';
import { findFirstOwners, type Holder } from './find-first-owners.ts';
import { holdsSocket } from './process-sockets.ts';
import { nothingUnseen, type Unseen } from './unseen-processes.ts';
import { foundIn, type Walk, wasAtOnce } from './walk.ts';

/** The known owners of some inodes. */
export interface KnownOwners {
  readonly holders: ReadonlyMap<number, Holder>;
  /** What the last search for owners could not look at. */
  readonly unseen: Unseen;
}

/** Remembers owners between the rounds of a repeated listing. */
export interface OwnerMemory {
  /** The result of the last walk of all processes; null if the last round needed none. */
  walked: HolderTable | null;
  readonly unowned: UnownedInodes;
  /** Finds the owners of some sockets. */
  find(proc: Proc, wanted: ReadonlySet<number>): Promise<KnownOwners>;
}

/**
 * Checks a remembered owner by reading the link of its descriptor. All processes are searched only if there are new
 * inodes; the search then includes the inodes that had no owner before.
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

/** One holder for each inode, from a walk of all processes. */
export interface HolderTable {
  readonly unseen: Unseen;
  /** Another walk is cheaper than checking whether this table is still valid. */
  readonly isCheap: boolean;
  /** The PID of an inode's holder, the lowest if there are several; `notFound` if it has none. */
  pidOf(inode: number): number;
  /**
   * Whether the table's entry for an inode can be shown again: the holder's descriptor still leads to it, or the walk
   * searched for a holder and found none. (A lower PID may hold it too by now.)
   */
  isStillTrue(proc: Proc, inode: number): boolean;
}

/**
 * Creates the table of a walk; reuses the walk's arrays if it has one share. Informs `unowned` of inodes without a
 * holder.
 */
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
 * Inodes without a holder after a walk of all processes. A socket can be newer than the walk: only if it was known to
 * be missing before the walk is it certain that it has no holder.
 */
export interface UnownedInodes {
  /** Begins a round: inodes that are not asked for in it are forgotten. */
  beginRound(): void;
  /** Begins a walk. */
  beginWalk(): void;
  /** Records that this inode has no known holder. */
  miss(inode: number): void;
  /** Whether the last walk searched for this inode without success: it was recorded before that walk began. */
  isSettled(inode: number): boolean;
}

/** Returns an empty set. */
export function unownedInodes(): UnownedInodes {
  let walks = 0;
  // For each inode, the number of walks when it was first recorded.
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
