import { workerData } from 'node:worker_threads';
import { fillRing } from './fill-ring.js';
import { kernelReads } from './kernel-reads.js';
import { type RingMemory, ringIn } from './ring.js';

/** What a reading thread is given; descriptors belong to the whole process. */
export interface ReadOrder {
  readonly fd: number;
  /** As TableHints has it. */
  readonly longestLine: number | undefined;
  readonly memory: RingMemory;
}

const { fd, longestLine, memory } = workerData as ReadOrder;
fillRing(ringIn(memory), kernelReads(fd, longestLine));
