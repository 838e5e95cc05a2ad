import type { Proc, Task } from '../proc/proc.ts';
import { visitSockets } from './process-sockets.ts';
import { nothingUnseen, processesOf, sumOf, type Unseen } from './unseen-processes.ts';
import { areMany, canBeTold, hasManyFiles, searchTogether } from './walk.ts';

/** A process that holds a socket, and the descriptor by which it does. */
export interface Holder {
  readonly pid: number;
  readonly fd: string;
}

/** What a search for the owners of some inodes found. */
export interface FirstOwners {
  readonly holders: ReadonlyMap<number, Holder>;
  readonly unseen: Unseen;
}

/** After so many descriptors threads may help with those that are left; before so many the kernel is asked. */
const [aloneDescriptors, beforeAsking] = [8192, 512];

/**
 * One owner for each wanted inode, the first by PID as netstat has it, and no further than needed: the
 * search ends with the last inode. Nothing but a look at every descriptor tells that a process does
 * not hold a socket that one of a higher PID holds too.
 */
export async function findFirstOwners(
  machine: Proc,
  wanted: ReadonlySet<number>,
): Promise<FirstOwners> {
  const holders = new Map<number, Holder>();
  const unseen = nothingUnseen();
  if (wanted.size === 0) return { holders, unseen };

  const proc = countingOnce(machine);
  let looked = 0;
  let isAlone = false;
  // Found out once, where it comes to that.
  let isWorthIt: boolean | null = null;
  const mayAsk = () => {
    isWorthIt ??= hasManyFiles(proc) && canBeTold(proc);
    return isWorthIt;
  };
  const pids = processesOf(proc, unseen);
  for (const [place, pid] of pids.entries()) {
    const count = proc.descriptorCount(pid);
    // Kernel threads, mostly.
    if (count === 0) continue;
    const further = looked + (count ?? 0);
    if (!isAlone && (looked > aloneDescriptors || (further > beforeAsking && mayAsk()))) {
      const rest = pids.slice(place);
      if (proc.isLive && areMany(proc, rest)) {
        const missing = new Set([...wanted].filter((inode) => !holders.has(inode)));
        const unseenThere = await addFound(proc, rest, missing, holders);
        return { holders, unseen: sumOf([unseen, ...unseenThere]) };
      }
      isAlone = true;
    }
    const isOver = visitSockets(proc, pid, unseen, (inode, fd) => {
      if (wanted.has(inode) && !holders.has(inode)) holders.set(inode, { pid, fd });
      return holders.size === wanted.size;
    });
    if (isOver) break;
    looked = further;
  }
  return { holders, unseen };
}

/** Asks only once how many descriptors a process has. */
function countingOnce(proc: Proc): Proc {
  const counts = new Map<Task, number | null>();
  return {
    ...proc,
    descriptorCount(of) {
      let count = counts.get(of);
      if (count === undefined) {
        count = proc.descriptorCount(of);
        counts.set(of, count);
      }
      return count;
    },
  };
}

/** Has threads search the other processes for what is missing. */
async function addFound(
  proc: Proc,
  pids: readonly number[],
  missing: ReadonlySet<number>,
  holders: Map<number, Holder>,
): Promise<readonly Unseen[]> {
  const shares = await searchTogether(proc, pids, missing);
  for (const { found } of shares) {
    for (let i = 0; i < found.length; i++) {
      const inode = found.inodes[i] as number;
      const pid = found.pids[i] as number;
      const known = holders.get(inode);
      if (known === undefined || pid < known.pid) {
        holders.set(inode, { pid, fd: String(found.fds[i]) });
      }
    }
  }
  return shares.map(({ unseen }) => unseen);
}
