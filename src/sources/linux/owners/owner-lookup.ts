import { lazilyFor } from '../../../flow/lazily.ts';
import { type Owner, ownerWith } from '../../../model/socket/owner.ts';
import type { Socket } from '../../../model/socket/socket.ts';
import type { OwnerQuery } from '../../source.ts';
import { type InodeIndex, inodeIndex, notFound } from '../inode-index.ts';
import type { Proc } from '../proc/proc.ts';
import { describer } from './describer.ts';
import type { FirstOwners } from './find-first-owners.ts';
import { type OwnerMemory, type OwnerTable, ownerTable } from './owner-memory.ts';
import { noDescriptor } from './socket-descriptors.ts';
import { nothingUnseen, type Unseen } from './unseen-processes.ts';
import { foundIn, type Walk, walkAll, walkFor } from './walk.ts';
import { wantedOf } from './wanted-sockets.ts';

/** Finds who holds an inode. */
export interface OwnerLookup {
  /** Ordered by PID; undefined: no owner was found. */
  ownersOf(inode: number): readonly Owner[] | undefined;
  /** What the search for owners could not look at. */
  readonly unseen: Unseen;
  /** Owners whose names could not be read so far. */
  readonly unnamed: Unseen;
}

/** Up to this many sockets are kept, and their owners searched for; for more, all processes are walked. */
export const fewSockets = 4096;

/** Finds the owners of these sockets only. */
export async function ownerLookup(
  proc: Proc,
  sockets: readonly Socket[],
  query: OwnerQuery,
  memory: OwnerMemory,
): Promise<OwnerLookup> {
  if (sockets.every(({ inode }) => inode === null)) {
    return lookupOfWalk(proc, { shares: [], unseen: nothingUnseen() }, false);
  }
  const wanted = wantedOf(sockets);
  return query.depth === 'first'
    ? lookupOfFirst(proc, await memory.find(proc, wanted))
    : lookupOfWalk(proc, await walkFor(proc, wanted), query.details);
}

/** Finds the owners of all sockets; `before` are those read so far. */
export async function walkedLookup(
  proc: Proc,
  before: readonly Socket[],
  query: OwnerQuery,
  memory: OwnerMemory,
): Promise<OwnerLookup> {
  return query.depth === 'all'
    ? lookupOfWalk(proc, await walkAll(proc, 'all'), query.details)
    : lookupOfTable(proc, await walkedTable(proc, inodesOf(before), memory));
}

function inodesOf(sockets: readonly Socket[]): readonly number[] {
  return sockets.flatMap(({ inode }) => (inode === null ? [] : [inode]));
}

/** Walks all processes now, and returns the owners. `before`: inodes of sockets that were read before the walk. */
export async function walkedTable(
  proc: Proc,
  before: Iterable<number>,
  memory: OwnerMemory,
): Promise<OwnerTable> {
  for (const inode of before) memory.unowned.miss(inode);
  memory.unowned.beginWalk();
  memory.walked = ownerTable(await walkAll(proc, 'netstat'), memory.unowned);
  return memory.walked;
}

/** One owner for each inode. */
function lookupOfFirst(proc: Proc, { owners, unseen }: FirstOwners): OwnerLookup {
  return singleLookup(proc, unseen, (inode) => owners.get(inode)?.pid);
}

/** One owner for each inode, from a walk of all processes. */
export function lookupOfTable(proc: Proc, table: OwnerTable): OwnerLookup {
  return singleLookup(proc, table.unseen, (inode) => {
    const pid = table.pidOf(inode);
    return pid === notFound ? undefined : pid;
  });
}

function singleLookup(
  proc: Proc,
  unseen: Unseen,
  pidOf: (inode: number) => number | undefined,
): OwnerLookup {
  const unnamed = nothingUnseen();
  const listOf = singleLists(proc, unnamed);
  return {
    unseen,
    unnamed,
    ownersOf: (inode) => {
      const pid = pidOf(inode);
      return pid === undefined ? undefined : listOf(pid);
    },
  };
}

/** All owners, from a walk of all processes. `details`: as in OwnerQuery. */
function lookupOfWalk(proc: Proc, walk: Walk, details: boolean): OwnerLookup {
  const unnamed = nothingUnseen();
  const entries = foundIn(walk);
  const describe = describer(proc, details, unnamed);
  return {
    unseen: walk.unseen,
    unnamed,
    ownersOf: everyOf(walk, inodeIndex(entries), entries, describe),
  };
}

/** The owners of an inode are a linked list: `next` is the index of the entry before, with the head in `headOf`. */
function everyOf(
  { shares }: Walk,
  headOf: InodeIndex,
  entries: number,
  describe: (pid: number) => Omit<Owner, 'fd'>,
): OwnerLookup['ownersOf'] {
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
      return [ownerBy(describe(pids[head] as number), fds[head] as number)];
    }
    const lowestFd = new Map<number, number>();
    for (let at = head; at !== notFound; at = next[at] as number) {
      const pid = pids[at] as number;
      lowestFd.set(pid, lowerFd(fds[at] as number, lowestFd.get(pid) ?? noDescriptor));
    }
    return [...lowestFd].sort(([a], [b]) => a - b).map(([pid, fd]) => ownerBy(describe(pid), fd));
  };
}

function ownerBy(process: Omit<Owner, 'fd'>, descriptor: number): Owner {
  return ownerWith(process, descriptor === noDescriptor ? null : descriptor);
}

function lowerFd(a: number, b: number): number {
  if (a === noDescriptor) return b;
  return b === noDescriptor ? a : Math.min(a, b);
}

/** One list for each process, shared by all of its sockets. */
function singleLists(proc: Proc, unnamed: Unseen): (pid: number) => readonly Owner[] {
  const describe = describer(proc, false, unnamed);
  return lazilyFor((pid: number) => [ownerWith(describe(pid), null)]);
}
