import { parentPort, workerData } from 'node:worker_threads';
import { liveProc } from '../proc/live-proc.ts';
import { takePart, type WalkOrder } from './walk-order.ts';

const order = workerData as WalkOrder;
const share = takePart(liveProc(order.root), order);
const lists = [share.found.pids, share.found.inodes, share.found.fds];
// Handed over rather than copied: of 100,000 sockets they are megabytes.
parentPort?.postMessage(
  share,
  lists.map(({ buffer }) => buffer as ArrayBuffer),
);
