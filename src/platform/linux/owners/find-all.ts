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

/** What the shares of a walk come to: sockets found, processes that may not be looked into. */
export function totalsOf(shares: readonly WalkShare[]): { found: number; denied: number } {
  let [found, denied] = [0, 0];
  for (const share of shares) {
    found += share.found.length;
    denied += share.denied;
  }
  return { found, denied };
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
