import type { Worker } from 'node:worker_threads';
import type { Proc } from '../proc/proc.ts';
import { type LastingThreads, lastingThreads } from '../threads/lasting-threads.ts';
import { workerFile } from '../threads/worker-file.ts';
import { areMany, countingOnce, paysToAskFirst } from './descriptor-counts.ts';
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
import type { WantedSockets } from './wanted-sockets.ts';

/** The result of a walk, in shares. */
export interface Walk {
  readonly shares: readonly WalkShare[];
  readonly unseen: Unseen;
}

/** Whether the kernel reported the whole walk at once, so that another one is cheap. */
export function wasAtOnce({ shares }: Walk): boolean {
  return shares.length > 0 && shares.every(({ isAtOnce }) => isAtOnce === true);
}

/** Returns the number of socket descriptors that a walk found. */
export function foundIn({ shares }: Walk): number {
  return shares.reduce((sum, { found }) => sum + found.length, 0);
}

/** More threads than this only wait for the same kernel locks. */
const mostHelpers = 3;

/** Walks all processes, which are expected to have many descriptors. */
export function walkAll(proc: Proc, depth: WalkDepth): Promise<Walk> {
  return oneAtATime(proc, depth, null, async (pids) => walkTogether(proc, pids, depth, null, true));
}

/**
 * Finds all owners of these sockets; the result may have those of others too. The kernel is asked for these alone, if
 * that pays; else all processes are walked.
 */
export function walkFor(proc: Proc, wanted: ReadonlySet<number>): Promise<Walk> {
  return oneAtATime(proc, 'all', wanted, async (pids, all) => {
    const counted = countingOnce(proc);
    return (
      (await askFirst(counted, pids, 'all', all)) ??
      walkTogether(proc, pids, 'all', null, areMany(counted, pids))
    );
  });
}

/**
 * Asks the kernel what these processes hold, if that is faster than looking at any of them; null if not, or if the
 * kernel refuses. `wanted`: as in walkAtOnce.
 */
export async function askFirst(
  proc: Proc,
  pids: readonly number[],
  depth: WalkDepth,
  wanted: WantedSockets | null,
): Promise<readonly WalkShare[] | null> {
  const pays = paysToAskFirst(proc, pids);
  if (pays === 'no') {
    // The answers are not used: this run goes on as it would otherwise, so that that is compiled too.
    if (proc.compilesForOthers) {
      await walkAtOnce(proc, pids, depth, wanted, true);
      // Without what may be known of these sockets it is another program's turn.
      await walkAtOnce(proc, pids, depth, new Set(wanted), true);
    }
    return null;
  }
  const share = await walkAtOnce(proc, pids, depth, wanted, pays === 'fitting');
  return share === null ? null : [share];
}

/** Searches some processes for the owners of some sockets; ends when each has one. */
export function searchTogether(
  proc: Proc,
  pids: readonly number[],
  wanted: ReadonlySet<number>,
): Promise<readonly WalkShare[]> {
  return afterCurrent(() => walkTogether(proc, pids, 'netstat', wanted, true));
}

/**
 * `shared`: asks the kernel, or else uses a thread for each further processor. Without threads (a captured /proc, a
 * bundle without the worker's file, a limit on tasks) this thread does all the work. If the caller has other work
 * (`pause`), this thread leaves the walk to the threads, if any.
 */
async function walkTogether(
  proc: Proc,
  pids: readonly number[],
  depth: WalkDepth,
  wanted: ReadonlySet<number> | null,
  shared: boolean,
): Promise<readonly WalkShare[]> {
  const share = shared ? await walkAtOnce(proc, pids, depth, wanted) : null;
  if (share !== null) return [share];
  const task = walkTask(proc, pids, depth, wanted);
  const helpers = shared && proc.isLive ? await startHelpers(task, proc.pause === undefined) : [];
  const own =
    proc.pause === undefined || helpers.length === 0 ? await takeOwnShares(proc, task) : [];
  const shares = [...own, ...(await Promise.all(helpers)).filter((share) => share !== null)];
  if (isWhole(task, shares)) {
    // The rest, if no thread could start.
    return isUnfinished(task) ? [...shares, ...(await takeOwnShares(proc, task))] : shares;
  }
  // A thread died with processes that it had taken: this thread walks them all again.
  return takeOwnShares(proc, walkTask(proc, pids, depth, wanted));
}

/** The current walk, if any. */
let current: Promise<unknown> = Promise.resolve();

/** Starts when the current walk has ended: one alone uses all processors. */
function afterCurrent<T>(walk: () => Promise<T>): Promise<T> {
  const mine = current.then(walk, walk);
  current = mine;
  return mine;
}

/** A walk that has not begun. */
interface NextWalk {
  readonly result: Promise<Walk>;
  /** The sockets that it searches for; null: all. */
  wanted: Set<number> | null;
}

/** By depth and root. */
const waiting = new Map<string, NextWalk>();

/**
 * Runs one walk at a time. Requests made in the meantime share the next one, whose result is newer than any of them.
 * It ends with the request that began it, if that is cancelled; the others then share another one.
 */
function oneAtATime(
  proc: Proc,
  depth: WalkDepth,
  wanted: ReadonlySet<number> | null,
  walk: (
    pids: readonly number[],
    wanted: ReadonlySet<number> | null,
  ) => Promise<readonly WalkShare[]>,
): Promise<Walk> {
  const key = `${depth} ${proc.root}`;
  const next = waiting.get(key);
  if (next !== undefined) {
    next.wanted = next.wanted && wanted && new Set([...next.wanted, ...wanted]);
    return next.result.catch(() => oneAtATime(proc, depth, wanted, walk));
  }
  const result = afterCurrent(async () => {
    waiting.delete(key);
    const unseen = nothingUnseen();
    const shares = await walk(processesOf(proc, unseen), mine.wanted);
    return { shares, unseen: sumOf([unseen, ...shares.map((share) => share.unseen)]) };
  });
  const mine: NextWalk = { result, wanted: wanted && new Set(wanted) };
  if (proc.isLive) waiting.set(key, mine);
  return result;
}

/** Returns this thread's shares of a walk; in slices with a pause after each if the caller asks for that. */
async function takeOwnShares(proc: Proc, task: WalkTask): Promise<readonly WalkShare[]> {
  if (proc.pause === undefined) return [takeShare(proc, task)];
  const shares: WalkShare[] = [];
  do {
    shares.push(takeShare(proc, task, true));
    await proc.pause();
  } while (isUnfinished(task));
  return shares;
}

/** A helper that fails to start has taken no process, so nothing is lost. `besides`: this thread walks too. */
async function startHelpers(
  task: WalkTask,
  besides: boolean,
): Promise<Promise<WalkShare | null>[]> {
  const [{ Worker }, { availableParallelism }] = await Promise.all([
    import('node:worker_threads'),
    import('node:os'),
  ]);
  const count = Math.min(mostHelpers, availableParallelism() - (besides ? 1 : 0));
  const helpers: Promise<WalkShare | null>[] = [];
  threads ??= lastingThreads(
    (workerData) =>
      new Worker(workerFile('owners/walk-worker'), {
        workerData,
        // It allocates only garbage; a small young generation limits how much piles up.
        resourceLimits: { maxYoungGenerationSizeMb: 4 },
      }),
  );
  try {
    while (helpers.length < count) {
      helpers.push(answerOf(threads, threads.start(task)));
    }
  } catch {
    // No more threads are available; those that started do all the work.
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

/** Created when first needed. */
let threads: LastingThreads<WalkTask> | null = null;
