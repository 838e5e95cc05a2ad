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
const share = walkShare(liveProc(root), pids, () => Atomics.add(turns, 0, 1));
const lists = [share.found.pids, share.found.inodes, share.found.fds];
// Handed over rather than copied: of 100,000 sockets they are megabytes.
parentPort?.postMessage(
  share,
  lists.map(({ buffer }) => buffer as ArrayBuffer),
);
