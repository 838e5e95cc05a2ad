import { inodeIndex, notFound } from '../inode-index.ts';
import type { Proc } from '../proc/proc.ts';
import { type FirstOwners, type FoundOwner, findFirstOwners } from './find-first-owners.ts';
import { holdsSocket } from './process-sockets.ts';
import { nothingUnseen, type Unseen } from './unseen-processes.ts';
import { foundIn, type Walk, wasAtOnce } from './walk.ts';
import { inLists, type WantedSockets } from './wanted-sockets.ts';

/** Remembers owners between the rounds of a repeated listing. */
export interface OwnerMemory {
  /** The result of the last walk of all processes; null if the last round needed none. */
  walked: OwnerTable | null;
  readonly unowned: UnownedInodes;
  /** Finds the owners of some sockets; `unseen` is that of the last search. */
  find(proc: Proc, wanted: WantedSockets): Promise<FirstOwners>;
}

/**
 * Checks a remembered owner by reading the link of its descriptor. All processes are searched only if there are new
 * inodes; the search then includes the inodes that had no owner before.
 */
export function ownerMemory(): OwnerMemory {
  let remembered: ReadonlyMap<number, FoundOwner> = new Map();
  let unowned: ReadonlySet<number> = new Set();
  let unseen = nothingUnseen();

  return {
    walked: null,
    unowned: unownedInodes(),
    async find(proc, wanted) {
      const owners = new Map<number, FoundOwner>();
      const missing = inLists([], wanted.lists);
      let hasNew = false;
      for (const inode of wanted) {
        const owner = remembered.get(inode);
        if (owner !== undefined && holdsSocket(proc, owner.pid, owner.fd, inode)) {
          owners.set(inode, owner);
        } else {
          missing.add(inode);
          hasNew ||= !unowned.has(inode);
        }
      }
      if (hasNew) {
        const found = await findFirstOwners(proc, missing);
        unseen = found.unseen;
        for (const [inode, owner] of found.owners) {
          owners.set(inode, owner);
          missing.delete(inode);
        }
      }
      remembered = owners;
      unowned = missing;
      return { owners, unseen };
    },
  };
}

/** One owner for each inode, from a walk of all processes. */
export interface OwnerTable {
  readonly unseen: Unseen;
  /** Another walk is cheaper than checking whether this table is still valid. */
  readonly isCheap: boolean;
  /** The PID of an inode's owner, the lowest if there are several; `notFound` if it has none. */
  pidOf(inode: number): number;
  /**
   * Whether the table's entry for an inode can be shown again: the owner's descriptor still leads to it, or the walk
   * searched for an owner and found none. (A lower PID may hold it too by now.)
   */
  isStillTrue(proc: Proc, inode: number): boolean;
}

/**
 * Creates the table of a walk; reuses the walk's arrays if it has one share. Informs `unowned` of inodes without an
 * owner.
 */
export function ownerTable(walk: Walk, unowned: UnownedInodes): OwnerTable {
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
      const owner = entryOf.get(inode);
      if (owner !== notFound) return pids[owner] as number;
      unowned.miss(inode);
      return notFound;
    },
    isStillTrue(proc, inode) {
      const owner = entryOf.get(inode);
      return owner === notFound
        ? unowned.isSettled(inode)
        : holdsSocket(proc, pids[owner] as number, fds[owner] as number, inode);
    },
  };
}

/**
 * Inodes without an owner after a walk of all processes. A socket can be newer than the walk: only if it was known to
 * be missing before the walk is it certain that it has no owner.
 */
export interface UnownedInodes {
  /** Begins a round: inodes that are not asked for in it are forgotten. */
  beginRound(): void;
  /** Begins a walk. */
  beginWalk(): void;
  /** Records that this inode has no known owner. */
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
