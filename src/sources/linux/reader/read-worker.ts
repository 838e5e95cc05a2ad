import { readlinkSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { fillRing } from './fill-ring.ts';
import { kernelReads } from './kernel-reads.ts';
import { type RingMemory, ringIn } from './ring.ts';

/** What a reading thread is given; descriptors belong to the whole process. */
export interface ReadOrder {
  readonly fd: number;
  /** As TableHints has it. */
  readonly longestLine: number | undefined;
  readonly memory: RingMemory;
}

/**
 * This thread's ID. Where the kernel does not tell it (before Linux 3.17) this throws, the thread ends,
 * and whoever started it reads by itself.
 */
const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));

const { fd, longestLine, memory } = workerData as ReadOrder;
fillRing(ringIn(memory), kernelReads(fd, longestLine), thread);
