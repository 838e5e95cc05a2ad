import type { Worker } from 'node:worker_threads';
import type { Proc } from '../proc.js';
import { type WalkShare, walkShare } from './find-all.js';
import type { WalkOrder } from './walk-worker.js';

/** More threads than this only wait for the same locks in the kernel. */
const mostHelpers = 3;

/**
 * Walks through all processes, `shared` with a thread for each further processor. Where threads cannot
 * be had (a captured /proc, a bundle without the worker's file, a limit on tasks) this one does all of it.
 */
export async function walkAll(proc: Proc, shared = true): Promise<readonly WalkShare[]> {
  const pids = Int32Array.from(proc.processIds());
  const turns = new Int32Array(new SharedArrayBuffer(4));
  const order: WalkOrder = { root: proc.root, pids, turns };
  const helpers = shared && proc.isLive ? await startHelpers(order, proc.pause === undefined) : [];
  // Where the caller has other things to do, whoever can walk without it does.
  const own =
    proc.pause === undefined
      ? [walkShare(proc, pids, () => Atomics.add(turns, 0, 1))]
      : helpers.length === 0
        ? await walkInSlices(proc, pids, proc.pause)
        : [];
  const shares = [...own, ...(await Promise.all(helpers)).filter((share) => share !== null)];
  if (shares.reduce((sum, { walked }) => sum + walked, 0) === pids.length) return shares;
  // A thread could not start, or died with the turns that it had taken: then all of it, alone.
  if (proc.pause !== undefined) return walkInSlices(proc, pids, proc.pause);
  let turn = 0;
  return [walkShare(proc, pids, () => turn++)];
}

/** After how many descriptors, or processes, a walk in slices pauses: some milliseconds of work. */
const slice = { descriptors: 1024, processes: 64 } as const;

/** The whole walk in this thread, with a pause behind each slice; a process is always walked in one. */
async function walkInSlices(
  proc: Proc,
  pids: Int32Array,
  pause: () => Promise<void>,
): Promise<readonly WalkShare[]> {
  const shares: WalkShare[] = [];
  for (let turn = 0; turn < pids.length; ) {
    let descriptors = 0;
    const end = Math.min(turn + slice.processes, pids.length);
    const next = () => {
      if (turn === end || descriptors > slice.descriptors) return pids.length;
      descriptors += proc.descriptorCount(pids[turn] as number) ?? 0;
      return turn++;
    };
    shares.push(walkShare(proc, pids, next));
    await pause();
  }
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
      const worker = new Worker(new URL('./walk-worker.cjs', here), {
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
