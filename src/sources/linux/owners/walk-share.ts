import { inodeIndex, notFound } from '../inode-index.ts';
import type { Proc } from '../proc/proc.ts';
import { visitEverySocket, visitSockets } from './process-sockets.ts';
import {
  descriptorCollector,
  noDescriptor,
  type SocketDescriptors,
  type WalkDepth,
} from './socket-descriptors.ts';
import { nothingUnseen, type Unseen } from './unseen-processes.ts';

/** What one thread found in a walk of many processes. */
export interface WalkShare {
  readonly found: SocketDescriptors;
  /** The number of processes it walked. */
  readonly walked: number;
  readonly unseen: Unseen;
  /** The kernel reported it at once. */
  readonly isAtOnce?: true;
}

/**
 * Walks the processes at the indexes that `next` returns, until an index is past the end of `pids`. Threads share the
 * work if their `next` uses the same counter.
 */
export function walkShare(
  proc: Proc,
  pids: Int32Array | readonly number[],
  next: () => number,
  depth: WalkDepth,
  isWanted: (inode: number) => boolean = () => true,
): WalkShare {
  const found = descriptorCollector();
  const unseen = nothingUnseen();
  let walked = 0;
  for (let place = next(); place < pids.length; place = next()) {
    const pid = pids[place] as number;
    if (depth === 'all') {
      visitEverySocket(proc, pid, unseen, (inode, fd) => found.add(pid, inode, fd ?? noDescriptor));
    } else {
      visitSockets(proc, pid, unseen, (inode, fd) => {
        if (isWanted(inode)) found.add(pid, inode, Number(fd));
        return false;
      });
    }
    walked++;
  }
  return { found: found.collected(), walked, unseen };
}

/** A walk that threads share, as passed to each of them. The arrays are shared memory. */
export interface WalkTask {
  /** The root of /proc. */
  readonly root: string;
  /** Ascending. */
  readonly pids: Int32Array;
  /** One number: the index in `pids` of the next process that no thread has taken. */
  readonly nextPlace: Int32Array;
  readonly depth: WalkDepth;
  /** The sockets to search for; null: all sockets are wanted. */
  readonly search: WalkSearch | null;
}

/** The sockets that a walk searches for. */
interface WalkSearch {
  readonly inodes: Float64Array;
  /** For each of them: 1 once an owner was found. */
  readonly found: Int32Array;
  /** One number: how many have no owner yet. */
  readonly missing: Int32Array;
}

function shared(numbers: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(numbers * Int32Array.BYTES_PER_ELEMENT));
}

/** Creates a walk; `wanted` null: for every socket. */
export function walkTask(
  proc: Proc,
  pids: readonly number[],
  depth: WalkDepth,
  wanted: ReadonlySet<number> | null,
): WalkTask {
  const task = { root: proc.root, pids: Int32Array.from(pids), nextPlace: shared(1), depth };
  if (wanted === null) return { ...task, search: null };
  const missing = shared(1);
  missing[0] = wanted.size;
  return {
    ...task,
    search: { inodes: Float64Array.from(wanted), found: shared(wanted.size), missing },
  };
}

/**
 * Takes processes of a walk until none is left. A search ends once every socket has an owner: processes with a lower
 * PID were taken before, and are walked to their end. `isSlice`: ends after some milliseconds.
 */
export function takeShare(proc: Proc, task: WalkTask, isSlice = false): WalkShare {
  const { pids, nextPlace, depth, search } = task;
  const take = isSlice ? slicedPlaces(proc, task) : () => Atomics.add(nextPlace, 0, 1);
  if (search === null) return walkShare(proc, pids, take, depth);
  const { inodes, found, missing } = search;
  const indexOf = inodeIndex(inodes.length);
  for (const [index, inode] of inodes.entries()) indexOf.set(inode, index);
  const next = () => (Atomics.load(missing, 0) > 0 ? take() : pids.length);
  return walkShare(proc, pids, next, depth, (inode) => {
    const index = indexOf.get(inode);
    if (index === notFound) return false;
    if (Atomics.exchange(found, index, 1) === 0) Atomics.sub(missing, 0, 1);
    return true;
  });
}

/** A slice ends after this many descriptors or processes. A process is never split. */
const slice = { descriptors: 1024, processes: 64 } as const;

function slicedPlaces(proc: Proc, { pids, nextPlace }: WalkTask): () => number {
  let descriptors = 0;
  let processes = 0;
  return () => {
    if (processes === slice.processes || descriptors > slice.descriptors) return pids.length;
    const place = Atomics.add(nextPlace, 0, 1);
    const pid = pids[place];
    processes++;
    if (pid !== undefined) descriptors += proc.descriptorCount(pid) ?? 0;
    return place;
  };
}

/** Whether any process of a walk is left to take. */
export function isUnfinished({ pids, nextPlace, search }: WalkTask): boolean {
  if (search !== null && Atomics.load(search.missing, 0) === 0) return false;
  return Atomics.load(nextPlace, 0) < pids.length;
}

/** Whether these shares are complete: no thread died with processes that it had taken. */
export function isWhole({ pids, nextPlace }: WalkTask, shares: readonly WalkShare[]): boolean {
  const taken = Math.min(Atomics.load(nextPlace, 0), pids.length);
  return shares.reduce((sum, { walked }) => sum + walked, 0) === taken;
}
