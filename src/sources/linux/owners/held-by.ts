import type { Proc } from '../proc/proc.ts';
import { visitEverySocket } from './process-sockets.ts';
import { nothingUnseen, processesOf } from './unseen-processes.ts';

/** The inodes of the sockets that these processes hold; null: one of them could not be inspected. */
export function heldBy(proc: Proc, pids: ReadonlySet<number>): ReadonlySet<number> | null {
  const inodes = new Set<number>();
  const unseen = nothingUnseen();
  let isAnyEmpty = false;
  for (const pid of pids) {
    const before = inodes.size;
    visitEverySocket(proc, pid, unseen, (inode) => inodes.add(inode));
    isAnyEmpty ||= inodes.size === before;
  }
  // A process that is hidden looks like one that does not exist.
  if (isAnyEmpty) processesOf(proc, unseen);
  return unseen.denied > 0 || unseen.failed > 0 || unseen.hidden ? null : inodes;
}
