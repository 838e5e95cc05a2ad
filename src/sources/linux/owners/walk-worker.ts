import { parentPort, workerData } from 'node:worker_threads';
import { liveProc } from '../proc/live-proc.ts';
import { takeShare, type WalkTask } from './walk-share.ts';

function answer(task: WalkTask): void {
  const share = takeShare(liveProc(task.root), task);
  const lists = [share.found.pids, share.found.inodes, share.found.fds];
  // Transferred, not copied: for 100,000 sockets they are megabytes.
  parentPort?.postMessage(
    share,
    lists.map(({ buffer }) => buffer as ArrayBuffer),
  );
}

parentPort?.on('message', answer);
answer(workerData as WalkTask);
