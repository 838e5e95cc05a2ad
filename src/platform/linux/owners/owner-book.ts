import type { Owner } from '../../../model/owner.js';
import type { Proc } from '../proc.js';
import { totalsOf, type WalkShare } from './find-all.js';
import type { HolderTable } from './holder-table.js';
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

/** A book of one owner for each inode, from a walk through all processes. */
export function bookOfTable(proc: Proc, table: HolderTable): OwnerBook {
  const listOf = singleLists(proc);
  return {
    denied: table.denied,
    ownersOf: (inode) => {
      const pid = table.pidOf(inode);
      return pid === notFound ? undefined : listOf(pid);
    },
  };
}

/** A book of every owner, from a walk through all processes. `details`: as OwnerQuery has it. */
export function bookOfAll(proc: Proc, shares: readonly WalkShare[], details: boolean): OwnerBook {
  const { found: entries, denied } = totalsOf(shares);
  return { denied, ownersOf: everyOf(proc, shares, inodeIndex(entries), entries, details) };
}

/** Every holder of an inode is a link of a chain: `next` of an entry is the entry before it. */
function everyOf(
  proc: Proc,
  shares: readonly WalkShare[],
  headOf: InodeIndex,
  entries: number,
  details: boolean,
): OwnerBook['ownersOf'] {
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
      // Written out, and not with `...`: V8 would keep each for as long as it could.
      const { pid, program, commandLine, executable } = describe(pids[head] as number);
      return [{ pid, program, commandLine, executable, fd: fds[head] as number }];
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
