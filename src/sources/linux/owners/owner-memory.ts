import type { Proc } from '../proc/proc.ts';
import { findFirstOwners, type Holder } from './find-first.ts';
import type { HolderTable } from './holder-table.ts';
import { holds } from './scan-process.ts';
import { type UnheldInodes, unheldInodes } from './unheld-inodes.ts';
import { nothingUnseen, type Unseen } from './unseen.ts';

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
  readonly unheld: UnheldInodes;
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
    unheld: unheldInodes(),
    async find(proc, wanted) {
      const holders = new Map<number, Holder>();
      const missing = new Set<number>();
      let isNews = false;
      for (const inode of wanted) {
        const holder = remembered.get(inode);
        if (holder !== undefined && holds(proc, holder.pid, holder.fd, inode)) {
          holders.set(inode, holder);
        } else {
          missing.add(inode);
          isNews ||= !unowned.has(inode);
        }
      }
      if (isNews) {
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
