import { parentPort, workerData } from 'node:worker_threads';
import { liveProc } from '../live-proc.js';
import { walkShare } from './find-all.js';

/** What a walking thread is given. */
export interface WalkOrder {
  /** Of /proc. */
  readonly root: string;
  readonly pids: Int32Array;
  /** One counter that all threads share: the next turn. */
  readonly turns: Int32Array;
}

const { root, pids, turns } = workerData as WalkOrder;
parentPort?.postMessage(walkShare(liveProc(root), pids, () => Atomics.add(turns, 0, 1)));
