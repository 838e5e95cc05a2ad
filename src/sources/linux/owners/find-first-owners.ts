import type { Proc } from '../proc/proc.ts';
import { areMany, countingOnce } from './descriptor-counts.ts';
import { visitSockets } from './process-sockets.ts';
import { nothingUnseen, processesOf, sumOf, type Unseen } from './unseen-processes.ts';
import { askFirst, searchTogether } from './walk.ts';
import type { WalkShare } from './walk-share.ts';
import type { WantedSockets } from './wanted-sockets.ts';

/** A process that holds a socket, and one descriptor for it. */
export interface FoundOwner {
  readonly pid: number;
  readonly fd: string;
}

/** The result of a search for the owners of some inodes. */
export interface FirstOwners {
  readonly owners: ReadonlyMap<number, FoundOwner>;
  readonly unseen: Unseen;
}

/** Descriptors to look at before threads may help. */
const aloneDescriptors = 8192;

/**
 * Finds one owner for each wanted inode, the one with the lowest PID as in netstat. The search ends with the last inode
 * found. There is no shortcut: a lower PID can only be excluded by looking at all its descriptors.
 */
export async function findFirstOwners(machine: Proc, wanted: WantedSockets): Promise<FirstOwners> {
  const owners = new Map<number, FoundOwner>();
  const unseen = nothingUnseen();
  if (wanted.size === 0) return { owners, unseen };

  const proc = countingOnce(machine);
  const pids = processesOf(proc, unseen);
  const shares = await askFirst(proc, pids, 'netstat', wanted);
  if (shares !== null) return withShares(owners, unseen, shares);

  let looked = 0;
  let isAlone = false;
  for (const [place, pid] of pids.entries()) {
    const count = proc.descriptorCount(pid);
    // Mostly kernel threads.
    if (count === 0) continue;
    if (!isAlone && looked > aloneDescriptors) {
      const rest = pids.slice(place);
      if (proc.isLive && areMany(proc, rest)) {
        const missing = new Set([...wanted].filter((inode) => !owners.has(inode)));
        const shares = await searchTogether(proc, rest, missing);
        return withShares(owners, unseen, shares);
      }
      isAlone = true;
    }
    const isOver = visitSockets(proc, pid, unseen, (inode, fd) => {
      if (wanted.has(inode) && !owners.has(inode)) owners.set(inode, { pid, fd });
      return owners.size === wanted.size;
    });
    if (isOver) break;
    looked += count ?? 0;
  }
  return { owners, unseen };
}

/** Combines the owners found so far with those in shares of a walk; the lowest PID wins. */
function withShares(
  owners: Map<number, FoundOwner>,
  unseen: Unseen,
  shares: readonly WalkShare[],
): FirstOwners {
  for (const { found } of shares) {
    for (let i = 0; i < found.length; i++) {
      const inode = found.inodes[i] as number;
      const pid = found.pids[i] as number;
      const known = owners.get(inode);
      if (known === undefined || pid < known.pid) {
        owners.set(inode, { pid, fd: String(found.fds[i]) });
      }
    }
  }
  return { owners, unseen: sumOf([unseen, ...shares.map((share) => share.unseen)]) };
}
