import type { Proc } from '../proc.js';
import { type ScanResult, scanDescriptors, scanProcess, type Visit } from './scan-process.js';

/** A process that holds a socket, and the descriptor by which it does. */
export interface Holder {
  readonly pid: number;
  readonly fd: string;
}

/** What a search for the owners of some inodes found. */
export interface FirstOwners {
  readonly holders: ReadonlyMap<number, Holder>;
  /** Processes that may not be looked into. */
  readonly denied: number;
}

/**
 * How many of a process's descriptors are looked at before those of other processes. What a server
 * listens on it opened first; behind that come its connections, by the thousand.
 */
const likely = 256;
const likelyNames = Array.from({ length: likely }, (_, fd) => String(fd));

/** init holds the sockets of services that it starts on demand, at any number, and is the first owner. */
const init = 1;

/**
 * One owner for each wanted inode, the first by PID, and no further than needed: it ends with the
 * last inode. A process with very many descriptors has the rest of them looked at only in a second
 * round; then a process of a higher PID can come before it.
 */
export function findFirstOwners(proc: Proc, wanted: ReadonlySet<number>): FirstOwners {
  const holders = new Map<number, Holder>();
  let denied = 0;
  if (wanted.size === 0) return { holders, denied };

  const visitor =
    (pid: number): Visit =>
    (inode, fd) => {
      if (wanted.has(inode) && !holders.has(inode)) holders.set(inode, { pid, fd });
      return holders.size === wanted.size;
    };

  const big: number[] = [];
  for (const pid of proc.processIds()) {
    const count = proc.descriptorCount(pid);
    // Kernel threads, mostly.
    if (count === 0) continue;
    const isBig = pid !== init && count !== null && count > likely;
    let result: ScanResult;
    if (isBig) {
      result = scanDescriptors(proc, pid, likelyNames, visitor(pid));
      if (result === 'done') big.push(pid);
    } else {
      result = scanProcess(proc, pid, visitor(pid));
    }
    if (result === 'stopped') return { holders, denied };
    if (result === 'denied') denied++;
  }
  for (const pid of big) {
    const result = scanProcess(proc, pid, visitor(pid));
    if (result === 'stopped') break;
    if (result === 'denied') denied++;
  }
  return { holders, denied };
}
