import { readlinkSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { fillRing } from './fill-ring.ts';
import { kernelReads } from './kernel-reads.ts';
import { type RingMemory, ringIn } from './ring.ts';

/** What a thread should read; descriptors belong to the whole process. */
export interface ReadTask {
  readonly fd: number;
  /** As in TableHints. */
  readonly longestLine?: number | undefined;
}

/** A task, and the ring that the thread fills. */
export interface ReadOrder extends ReadTask {
  readonly memory: RingMemory;
}

/**
 * This thread's ID. Throws if the kernel does not report it (before Linux 3.17): the thread then ends, and its caller
 * reads by itself.
 */
const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));

function read({ fd, longestLine, memory }: ReadOrder): void {
  fillRing(ringIn(memory), kernelReads(fd, longestLine), thread);
  parentPort?.postMessage('read');
}

parentPort?.on('message', read);
read(workerData as ReadOrder);
