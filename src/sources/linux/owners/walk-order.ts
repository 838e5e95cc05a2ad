import type { Proc } from '../proc/proc.ts';
import { type WalkDepth, type WalkShare, walkShare } from './find-all.ts';
import { inodeIndex, notFound } from './inode-index.ts';

/** What a thread is given that takes part in a walk. Its arrays are shared by all of them. */
export interface WalkOrder {
  /** Of /proc. */
  readonly root: string;
  /** Ascending. */
  readonly pids: Int32Array;
  /** One counter: the next turn. */
  readonly turns: Int32Array;
  readonly depth: WalkDepth;
  /** Where not every socket is wanted; null: all are. */
  readonly search: WalkSearch | null;
}

/** The sockets that a walk is for. */
export interface WalkSearch {
  readonly inodes: Float64Array;
  /** For each of them: 1 once a holder was found. */
  readonly found: Int32Array;
  /** One number: how many have no holder yet. */
  readonly missing: Int32Array;
}

function shared(numbers: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(numbers * Int32Array.BYTES_PER_ELEMENT));
}

/** A walk that has not begun. */
export function walkOrder(
  proc: Proc,
  pids: readonly number[],
  depth: WalkDepth,
  wanted: ReadonlySet<number> | null,
): WalkOrder {
  const order = { root: proc.root, pids: Int32Array.from(pids), turns: shared(1), depth };
  if (wanted === null) return { ...order, search: null };
  const missing = shared(1);
  missing[0] = wanted.size;
  return {
    ...order,
    search: { inodes: Float64Array.from(wanted), found: shared(wanted.size), missing },
  };
}

/**
 * Takes turns until there are none. A walk that is for some sockets hands out no turn once each has a
 * holder: whoever has a lower PID than that holder had its turn before, and is walked to its end.
 * `isSlice`: it ends after some milliseconds of work.
 */
export function takePart(proc: Proc, order: WalkOrder, isSlice = false): WalkShare {
  const { pids, turns, depth, search } = order;
  const nextTurn = isSlice ? someTurns(proc, order) : () => Atomics.add(turns, 0, 1);
  if (search === null) return walkShare(proc, pids, nextTurn, depth);
  const { inodes, found, missing } = search;
  const placeOf = inodeIndex(inodes.length);
  for (const [place, inode] of inodes.entries()) placeOf.set(inode, place);
  const next = () => (Atomics.load(missing, 0) > 0 ? nextTurn() : pids.length);
  return walkShare(proc, pids, next, depth, (inode) => {
    const place = placeOf.get(inode);
    if (place === notFound) return false;
    if (Atomics.exchange(found, place, 1) === 0) Atomics.sub(missing, 0, 1);
    return true;
  });
}

/** After how many descriptors, or processes, a slice ends. A process is always walked in one. */
const slice = { descriptors: 1024, processes: 64 } as const;

function someTurns(proc: Proc, { pids, turns }: WalkOrder): () => number {
  let descriptors = 0;
  let processes = 0;
  return () => {
    if (processes === slice.processes || descriptors > slice.descriptors) return pids.length;
    const turn = Atomics.add(turns, 0, 1);
    const pid = pids[turn];
    processes++;
    if (pid !== undefined) descriptors += proc.descriptorCount(pid) ?? 0;
    return turn;
  };
}

/** Whether there is anything left of a walk to take part in. */
export function hasTurns({ pids, turns, search }: WalkOrder): boolean {
  if (search !== null && Atomics.load(search.missing, 0) === 0) return false;
  return Atomics.load(turns, 0) < pids.length;
}

/** Whether these shares are all of the walk: none is lost with a thread that took turns and died. */
export function isWhole({ pids, turns }: WalkOrder, shares: readonly WalkShare[]): boolean {
  const taken = Math.min(Atomics.load(turns, 0), pids.length);
  return shares.reduce((sum, { walked }) => sum + walked, 0) === taken;
}
