import { parentPort, workerData } from 'node:worker_threads';
import { threadId } from '../threads/thread-id.ts';
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

/** Throws if the kernel does not report it: the thread then ends, and its caller reads by itself. */
const thread = threadId();

function read({ fd, longestLine, memory }: ReadOrder): void {
  fillRing(ringIn(memory), kernelReads(fd, longestLine), thread);
  parentPort?.postMessage('read');
}

parentPort?.on('message', read);
read(workerData as ReadOrder);
