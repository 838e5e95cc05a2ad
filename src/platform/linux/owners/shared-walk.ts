import type { Worker } from 'node:worker_threads';
import type { Proc } from '../proc.js';
import { type WalkShare, walkShare } from './find-all.js';
import type { WalkOrder } from './walk-worker.js';

/** More threads than this only wait for the same locks in the kernel. */
const mostHelpers = 3;

/**
 * Walks through all processes, `shared` with a thread for each further processor. Where threads cannot
 * be had (a captured /proc, a bundle without the worker's file) this one does all of it.
 */
export async function walkAll(proc: Proc, shared = true): Promise<readonly WalkShare[]> {
  const pids = Int32Array.from(proc.processIds());
  const turns = new Int32Array(new SharedArrayBuffer(4));
  const order: WalkOrder = { root: proc.root, pids, turns };
  const helpers = shared && proc.isLive ? await startHelpers(order) : [];
  const own = walkShare(proc, pids, () => Atomics.add(turns, 0, 1));
  const shares = [own, ...(await Promise.all(helpers)).filter((share) => share !== null)];
  if (shares.reduce((sum, { walked }) => sum + walked, 0) === pids.length) return shares;
  // A thread died with the turns that it had taken: then all of it once more, alone.
  let turn = 0;
  return [walkShare(proc, pids, () => turn++)];
}

/** A helper that fails to start has taken no turn, so nothing is lost by it. */
async function startHelpers(order: WalkOrder): Promise<Promise<WalkShare | null>[]> {
  const [{ Worker }, { availableParallelism }] = await Promise.all([
    import('node:worker_threads'),
    import('node:os'),
  ]);
  const count = Math.min(mostHelpers, availableParallelism() - 1);
  return Array.from({ length: count }, () => {
    const worker = new Worker(new URL('./walk-worker.cjs', import.meta.url), {
      workerData: order,
      // What it allocates is garbage at once; a small nursery keeps it from piling up.
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    });
    return answerOf(worker);
  });
}

function answerOf(worker: Worker): Promise<WalkShare | null> {
  return new Promise((resolve) => {
    worker.once('message', resolve);
    worker.once('error', () => resolve(null));
    worker.once('exit', () => resolve(null));
  });
}
