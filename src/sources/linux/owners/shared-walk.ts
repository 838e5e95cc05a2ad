import type { Worker } from 'node:worker_threads';
import type { Proc } from '../proc/proc.ts';
import { workerFile } from '../worker-file.ts';
import type { Walk, WalkDepth, WalkShare } from './find-all.ts';
import { nothingUnseen, processesOf, sumOf } from './unseen.ts';
import { hasTurns, isWhole, takePart, type WalkOrder, walkOrder } from './walk-order.ts';

/** More threads than this only wait for the same locks in the kernel. */
const mostHelpers = 3;

/** From this many descriptors on a walk through all of them is worth a thread's start (some 15 ms). */
const manyDescriptors = 16_384;

/** Whether the descriptors of these processes are worth threads. */
export function areMany(proc: Proc, pids: readonly number[]): boolean {
  let sum = 0;
  for (const pid of pids) {
    sum += proc.descriptorCount(pid) ?? 0;
    if (sum > manyDescriptors) return true;
  }
  return false;
}

/** Walks through all processes; `isBig`: as far as is known they have many descriptors. */
export function walkAll(proc: Proc, depth: WalkDepth, isBig: boolean): Promise<Walk> {
  return oneAtATime(`${depth} ${proc.root}`, proc.isLive, async () => {
    const unseen = nothingUnseen();
    const pids = processesOf(proc, unseen);
    const shared = isBig || areMany(proc, pids);
    const shares = await walkTogether(proc, pids, depth, null, shared);
    return { shares, unseen: sumOf([unseen, ...shares.map((share) => share.unseen)]) };
  });
}

/** The same for some processes and some sockets: no further than to the first holder of each. */
export function searchTogether(
  proc: Proc,
  pids: readonly number[],
  wanted: ReadonlySet<number>,
): Promise<readonly WalkShare[]> {
  return inTurn(() => walkTogether(proc, pids, 'netstat', wanted, true));
}

/**
 * `shared`: with a thread for each further processor. Where threads cannot be had (a captured /proc, a
 * bundle without the worker's file, a limit on tasks) this one does all of it. Where the caller has other
 * things to do (`pause`), whoever can walk without it does.
 */
async function walkTogether(
  proc: Proc,
  pids: readonly number[],
  depth: WalkDepth,
  wanted: ReadonlySet<number> | null,
  shared: boolean,
): Promise<readonly WalkShare[]> {
  const order = walkOrder(proc, pids, depth, wanted);
  const helpers = shared && proc.isLive ? await startHelpers(order, proc.pause === undefined) : [];
  const own =
    proc.pause === undefined || helpers.length === 0 ? await takeOwnPart(proc, order) : [];
  const shares = [...own, ...(await Promise.all(helpers)).filter((share) => share !== null)];
  if (isWhole(order, shares)) return shares;
  // A thread could not start, or died with the turns that it had taken: then all of it, alone.
  return takeOwnPart(proc, walkOrder(proc, pids, depth, wanted));
}

/** The walk that is on, if any. */
let current: Promise<unknown> = Promise.resolve();

/** Begins when whatever walk is on has ended: each alone takes all processors and its own descriptors. */
function inTurn<T>(walk: () => Promise<T>): Promise<T> {
  const mine = current.then(walk, walk);
  current = mine;
  return mine;
}

const waiting = new Map<string, Promise<Walk>>();

/**
 * One walk at a time, and those that are asked for in the meantime share the next: what it finds is
 * younger than any of them asked for.
 */
function oneAtATime(key: string, canShare: boolean, walk: () => Promise<Walk>): Promise<Walk> {
  const next = waiting.get(key);
  if (next !== undefined) return next;
  const mine = inTurn(() => {
    waiting.delete(key);
    return walk();
  });
  if (canShare) waiting.set(key, mine);
  return mine;
}

/** This thread's part of a walk: in slices, with a pause behind each, where the caller asks for that. */
async function takeOwnPart(proc: Proc, order: WalkOrder): Promise<readonly WalkShare[]> {
  if (proc.pause === undefined) return [takePart(proc, order)];
  const shares: WalkShare[] = [];
  do {
    shares.push(takePart(proc, order, true));
    await proc.pause();
  } while (hasTurns(order));
  return shares;
}

/**
 * A helper that fails to start has taken no turn, so nothing is lost by it. `besides`: this thread
 * walks as well.
 */
async function startHelpers(
  order: WalkOrder,
  besides: boolean,
): Promise<Promise<WalkShare | null>[]> {
  const here = import.meta.url;
  // What bundlers make of a module in CommonJS does not know where it lies.
  if (here === undefined) return [];
  const [{ Worker }, { availableParallelism }] = await Promise.all([
    import('node:worker_threads'),
    import('node:os'),
  ]);
  const count = Math.min(mostHelpers, availableParallelism() - (besides ? 1 : 0));
  const helpers: Promise<WalkShare | null>[] = [];
  try {
    while (helpers.length < count) {
      const worker = new Worker(workerFile('walk-worker', here), {
        workerData: order,
        // What it allocates is garbage at once; a small nursery keeps it from piling up.
        resourceLimits: { maxYoungGenerationSizeMb: 4 },
      });
      helpers.push(answerOf(worker));
    }
  } catch {
    // No further thread is to be had; those that there are do all of it.
  }
  return helpers;
}

function answerOf(worker: Worker): Promise<WalkShare | null> {
  return new Promise((resolve) => {
    worker.once('message', resolve);
    worker.once('error', () => resolve(null));
    worker.once('exit', () => resolve(null));
  });
}
