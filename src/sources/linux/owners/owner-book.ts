import { longestCommandLine, type Owner } from '../../../model/owner.ts';
import type { Proc } from '../proc/proc.ts';
import { foundIn, noDescriptor, type Walk } from './find-all.ts';
import type { HolderTable } from './holder-table.ts';
import { type InodeIndex, inodeIndex, notFound } from './inode-index.ts';
import type { KnownOwners } from './owner-memory.ts';
import { executableOf, nameBytes, processNames } from './process.ts';
import { nothingUnseen, type Unseen } from './unseen.ts';

/** Who holds which inode. */
export interface OwnerBook {
  /** By PID; undefined: nobody was found. */
  ownersOf(inode: number): readonly Owner[] | undefined;
  /** What the search for owners could not look into. */
  readonly unseen: Unseen;
  /** Owners whose names could not be read so far. */
  readonly unnamed: Unseen;
}

/** A book of one owner for each inode. */
export function bookOfFirst(proc: Proc, { holders, unseen }: KnownOwners): OwnerBook {
  const unnamed = nothingUnseen();
  const listOf = singleLists(proc, unnamed);
  return {
    unseen,
    unnamed,
    ownersOf: (inode) => {
      const holder = holders.get(inode);
      return holder === undefined ? undefined : listOf(holder.pid);
    },
  };
}

/** A book of one owner for each inode, from a walk through all processes. */
export function bookOfTable(proc: Proc, table: HolderTable): OwnerBook {
  const unnamed = nothingUnseen();
  const listOf = singleLists(proc, unnamed);
  return {
    unseen: table.unseen,
    unnamed,
    ownersOf: (inode) => {
      const pid = table.pidOf(inode);
      return pid === notFound ? undefined : listOf(pid);
    },
  };
}

/** A book of every owner, from a walk through all processes. `details`: as OwnerQuery has it. */
export function bookOfAll(proc: Proc, walk: Walk, details: boolean): OwnerBook {
  const unnamed = nothingUnseen();
  const entries = foundIn(walk);
  const describe = describer(proc, details, unnamed);
  return {
    unseen: walk.unseen,
    unnamed,
    ownersOf: everyOf(walk, inodeIndex(entries), entries, describe),
  };
}

/** Every holder of an inode is a link of a chain: `next` of an entry is the entry before it. */
function everyOf(
  { shares }: Walk,
  headOf: InodeIndex,
  entries: number,
  describe: (pid: number) => Omit<Owner, 'fd'>,
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
  return (inode) => {
    const head = headOf.get(inode);
    if (head === notFound) return undefined;
    if (next[head] === notFound) {
      return [heldBy(describe(pids[head] as number), fds[head] as number)];
    }
    const lowestFd = new Map<number, number>();
    for (let at = head; at !== notFound; at = next[at] as number) {
      const pid = pids[at] as number;
      lowestFd.set(pid, lowerFd(fds[at] as number, lowestFd.get(pid) ?? noDescriptor));
    }
    return [...lowestFd].sort(([a], [b]) => a - b).map(([pid, fd]) => heldBy(describe(pid), fd));
  };
}

/** Written out, and not with `...`: V8 would keep each for as long as it could. */
function heldBy(process: Omit<Owner, 'fd'>, descriptor: number): Owner {
  const { pid, program, commandLine, executable } = process;
  const fd = descriptor === noDescriptor ? null : descriptor;
  return process.commandTruncated
    ? { pid, program, commandLine, commandTruncated: true, executable, fd }
    : { pid, program, commandLine, executable, fd };
}

function lowerFd(a: number, b: number): number {
  if (a === noDescriptor) return b;
  return b === noDescriptor ? a : Math.min(a, b);
}

/** One list for each process, shared by all of its sockets. */
function singleLists(proc: Proc, unnamed: Unseen): (pid: number) => readonly Owner[] {
  const describe = describer(proc, false, unnamed);
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

/**
 * How many characters of command lines are kept, of all processes together: a user may have thousands
 * of processes. What comes behind has its command line cut where its name would be.
 */
const keptText = 16 * 1024 * 1024;

/** A process's names, read when it turns out to own something. */
function describer(
  proc: Proc,
  details: boolean,
  unnamed: Unseen,
): (pid: number) => Omit<Owner, 'fd'> {
  const known = new Map<number, Omit<Owner, 'fd'>>();
  let room = keptText;
  return (pid) => {
    let owner = known.get(pid);
    if (owner === undefined) {
      const most = details && room > 0 ? longestCommandLine : nameBytes;
      const { program, commandLine, isCut } = processNames(proc, pid, most, unnamed);
      room -= commandLine?.length ?? 0;
      owner = {
        pid,
        program,
        commandLine: details ? commandLine : null,
        ...(details && isCut && { commandTruncated: true }),
        executable: details ? executableOf(proc, pid) : null,
      };
      known.set(pid, owner);
    }
    return owner;
  };
}
