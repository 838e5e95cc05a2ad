import type { Proc } from '../proc.js';
import { type FoundList, foundBuilder } from './found-list.js';
import { scanProcess } from './scan-process.js';

/** Every socket descriptor of a share of the processes. */
export interface WalkShare {
  readonly found: FoundList;
  /** How many processes it walked through. */
  readonly walked: number;
  /** Processes that may not be looked into. */
  readonly denied: number;
}

/**
 * Walks the processes whose turns `next` hands out, until it hands out none: threads that share a
 * counter share the work.
 */
export function walkShare(
  proc: Proc,
  pids: Int32Array | readonly number[],
  next: () => number,
): WalkShare {
  const found = foundBuilder();
  let denied = 0;
  let walked = 0;
  for (let turn = next(); turn < pids.length; turn = next()) {
    const pid = pids[turn] as number;
    const result = scanProcess(proc, pid, (inode, fd) => {
      found.add(pid, inode, Number(fd));
      return false;
    });
    if (result === 'denied') denied++;
    walked++;
  }
  return { found: found.list(), walked, denied };
}
