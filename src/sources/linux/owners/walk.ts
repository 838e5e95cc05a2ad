import type { Worker } from 'node:worker_threads';
import { type LastingThreads, lastingThreads } from '../lasting-threads.ts';
import type { Proc } from '../proc/proc.ts';
import { workerFile } from '../worker-file.ts';
import { areMany, paysToAskFirst } from './descriptor-counts.ts';
import type { WalkDepth } from './socket-descriptors.ts';
import { nothingUnseen, processesOf, sumOf, type Unseen } from './unseen-processes.ts';
import { walkAtOnce } from './walk-at-once.ts';
import {
  isUnfinished,
  isWhole,
  takeShare,
  type WalkShare,
  type WalkTask,
  walkTask,
} from './walk-share.ts';

/** A walk through processes, put together from its shares. */
export interface Walk {
  readonly shares: readonly WalkShare[];
  readonly unseen: Unseen;
}

/** Whether the kernel told all of a walk at once, so that the next one costs little. */
export function wasAtOnce({ shares }: Walk): boolean {
  return shares.length > 0 && shares.every(({ isAtOnce }) => isAtOnce === true);
}

/** How many descriptors a walk found that are sockets. */
export function foundIn({ shares }: Walk): number {
  return shares.reduce((sum, { found }) => sum + found.length, 0);
}

/** More threads than this only wait for the same locks in the kernel. */
const mostHelpers = 3;

/** Walks through all processes; `isBig`: as far as is known they have many descriptors. */
export function walkAll(proc: Proc, depth: WalkDepth, isBig: boolean): Promise<Walk> {
  return oneAtATime(`${depth} ${proc.root}`, proc.isLive, async () => {
    const unseen = nothingUnseen();
    const pids = processesOf(proc, unseen);
    const shared = isBig || areMany(proc, pids);
    const shares =
      (shared ? null : await askFirst(proc, pids, depth, null)) ??
      (await walkTogether(proc, pids, depth, null, shared));
    return { shares, unseen: sumOf([unseen, ...shares.map((share) => share.unseen)]) };
  });
}

/**
 * What the kernel tells of these processes, where asking pays before any of them is looked at; null where it does
 * not, or the kernel refuses. `wanted`: as walkAtOnce has it.
 */
export async function askFirst(
  proc: Proc,
  pids: readonly number[],
  depth: WalkDepth,
  wanted: ReadonlySet<number> | null,
): Promise<readonly WalkShare[] | null> {
  if (!paysToAskFirst(proc, pids)) return null;
  const told = await walkAtOnce(proc, pids, depth, wanted, true);
  return told === null ? null : [told];
}

/** The same for some processes and some sockets: no further than to the first holder of each. */
export function searchTogether(
  proc: Proc,
  pids: readonly number[],
  wanted: ReadonlySet<number>,
): Promise<readonly WalkShare[]> {
  return afterCurrent(() => walkTogether(proc, pids, 'netstat', wanted, true));
}

/**
 * `shared`: as the kernel tells it at once, or else with a thread for each further processor. Where no
 * thread can be had (a captured /proc, a bundle without the worker's file, a limit on tasks) this one does
 * all of it. Where the caller has other things to do (`pause`), this one leaves it to the threads, if there
 * are any.
 */
async function walkTogether(
  proc: Proc,
  pids: readonly number[],
  depth: WalkDepth,
  wanted: ReadonlySet<number> | null,
  shared: boolean,
): Promise<readonly WalkShare[]> {
  const told = shared ? await walkAtOnce(proc, pids, depth, wanted) : null;
  if (told !== null) return [told];
  const task = walkTask(proc, pids, depth, wanted);
  const helpers = shared && proc.isLive ? await startHelpers(task, proc.pause === undefined) : [];
  const own =
    proc.pause === undefined || helpers.length === 0 ? await takeOwnShares(proc, task) : [];
  const shares = [...own, ...(await Promise.all(helpers)).filter((share) => share !== null)];
  if (isWhole(task, shares)) {
    // What no thread took, since none could start.
    return isUnfinished(task) ? [...shares, ...(await takeOwnShares(proc, task))] : shares;
  }
  // A thread died with the processes that it had taken: then all of it, alone.
  return takeOwnShares(proc, walkTask(proc, pids, depth, wanted));
}

/** The walk that is under way, if any. */
let current: Promise<unknown> = Promise.resolve();

/** Begins when the walk that is under way has ended: one alone takes all processors. */
function afterCurrent<T>(walk: () => Promise<T>): Promise<T> {
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
  const mine = afterCurrent(() => {
    waiting.delete(key);
    return walk();
  });
  if (canShare) waiting.set(key, mine);
  return mine;
}

/** This thread's shares of a walk: in slices, with a pause after each, where the caller asks for that. */
async function takeOwnShares(proc: Proc, task: WalkTask): Promise<readonly WalkShare[]> {
  if (proc.pause === undefined) return [takeShare(proc, task)];
  const shares: WalkShare[] = [];
  do {
    shares.push(takeShare(proc, task, true));
    await proc.pause();
  } while (isUnfinished(task));
  return shares;
}

/**
 * A helper that fails to start has taken no process, so nothing is lost by it. `besides`: this thread
 * walks as well.
 */
async function startHelpers(
  task: WalkTask,
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
  threads ??= lastingThreads(
    (workerData) =>
      new Worker(workerFile('walk-worker', here), {
        workerData,
        // What it allocates is garbage at once; a small nursery keeps it from piling up.
        resourceLimits: { maxYoungGenerationSizeMb: 4 },
      }),
  );
  try {
    while (helpers.length < count) {
      helpers.push(answerOf(threads, threads.start(task)));
    }
  } catch {
    // No further thread is to be had; those that there are do all of it.
  }
  return helpers;
}

function answerOf(lasting: LastingThreads<WalkTask>, worker: Worker): Promise<WalkShare | null> {
  return new Promise((resolve) => {
    const settle = (share: WalkShare | null) => {
      worker.off('message', answered).off('error', failed).off('exit', failed);
      resolve(share);
    };
    const answered = (share: WalkShare) => {
      settle(share);
      lasting.giveBack(worker);
    };
    const failed = () => settle(null);
    worker.on('message', answered).on('error', failed).on('exit', failed);
  });
}

/** Made where they are first wanted. */
let threads: LastingThreads<WalkTask> | null = null;
