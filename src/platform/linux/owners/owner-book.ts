import type { Owner } from '../../../model/owner.js';
import type { OwnerQuery } from '../../backend.js';
import type { Proc } from '../proc.js';
import type { WalkShare } from './find-all.js';
import { type InodeIndex, inodeIndex, notFound } from './inode-index.js';
import type { KnownOwners } from './owner-memory.js';
import { executableOf, processNames } from './process.js';

/** Who holds which inode. */
export interface OwnerBook {
  /** By PID; undefined: nobody was found. */
  ownersOf(inode: number): readonly Owner[] | undefined;
  readonly denied: number;
}

/** A book of one owner for each inode. */
export function bookOfFirst(proc: Proc, { holders, denied }: KnownOwners): OwnerBook {
  const listOf = singleLists(proc);
  return {
    denied,
    ownersOf: (inode) => {
      const holder = holders.get(inode);
      return holder === undefined ? undefined : listOf(holder.pid);
    },
  };
}

/** A book of what a whole walk found. */
export function bookOfAll(proc: Proc, shares: readonly WalkShare[], query: OwnerQuery): OwnerBook {
  const denied = shares.reduce((sum, share) => sum + share.denied, 0);
  const entries = shares.reduce((sum, share) => sum + share.found.length, 0);
  return query.depth === 'first'
    ? { denied, ownersOf: firstOf(proc, shares, inodeIndex(entries)) }
    : { denied, ownersOf: everyOf(proc, shares, inodeIndex(entries), entries, query.details) };
}

type Lookup = OwnerBook['ownersOf'];

function firstOf(proc: Proc, shares: readonly WalkShare[], pidOf: InodeIndex): Lookup {
  for (const { found } of shares) {
    for (let i = 0; i < found.length; i++) {
      const inode = found.inodes[i] as number;
      const pid = found.pids[i] as number;
      const known = pidOf.get(inode);
      if (known === notFound || pid < known) pidOf.set(inode, pid);
    }
  }
  const listOf = singleLists(proc);
  return (inode) => {
    const pid = pidOf.get(inode);
    return pid === notFound ? undefined : listOf(pid);
  };
}

/** Every holder of an inode is a link of a chain: `next` of an entry is the entry before it. */
function everyOf(
  proc: Proc,
  shares: readonly WalkShare[],
  headOf: InodeIndex,
  entries: number,
  details: boolean,
): Lookup {
  const pids = new Int32Array(entries);
  const fds = new Int32Array(entries);
  const next = new Int32Array(entries);
  let entry = 0;
  for (const { found } of shares) {
    for (let i = 0; i < found.length; i++, entry++) {
      const inode = found.inodes[i] as number;
      pids[entry] = found.pids[i] as number;
      fds[entry] = found.fds[i] as number;
      next[entry] = headOf.get(inode);
      headOf.set(inode, entry);
    }
  }
  const describe = describer(proc, details);
  return (inode) => {
    const head = headOf.get(inode);
    if (head === notFound) return undefined;
    if (next[head] === notFound) {
      return [{ ...describe(pids[head] as number), fd: fds[head] as number }];
    }
    const lowestFd = new Map<number, number>();
    for (let at = head; at !== notFound; at = next[at] as number) {
      const pid = pids[at] as number;
      lowestFd.set(pid, Math.min(fds[at] as number, lowestFd.get(pid) ?? Number.MAX_SAFE_INTEGER));
    }
    return [...lowestFd].sort(([a], [b]) => a - b).map(([pid, fd]) => ({ ...describe(pid), fd }));
  };
}

/** One list for each process, shared by all of its sockets. */
function singleLists(proc: Proc): (pid: number) => readonly Owner[] {
  const describe = describer(proc, false);
  const known = new Map<number, readonly Owner[]>();
  return (pid) => {
    let list = known.get(pid);
    if (list === undefined) {
      list = [{ ...describe(pid), fd: null }];
      known.set(pid, list);
    }
    return list;
  };
}

/** A process's names, read when it turns out to own something. */
function describer(proc: Proc, details: boolean): (pid: number) => Omit<Owner, 'fd'> {
  const known = new Map<number, Omit<Owner, 'fd'>>();
  return (pid) => {
    let owner = known.get(pid);
    if (owner === undefined) {
      const { program, commandLine } = processNames(proc, pid);
      owner = {
        pid,
        program,
        commandLine: details ? commandLine : null,
        executable: details ? executableOf(proc, pid) : null,
      };
      known.set(pid, owner);
    }
    return owner;
  };
}
