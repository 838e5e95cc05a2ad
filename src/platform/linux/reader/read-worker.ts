import { readSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { fillRing } from './fill-ring.js';
import { type RingMemory, ringIn } from './ring.js';

/** What a reading thread is given; descriptors belong to the whole process. */
export interface ReadOrder {
  readonly fd: number;
  readonly memory: RingMemory;
}

const { fd, memory } = workerData as ReadOrder;
fillRing(ringIn(memory), (bytes, offset) =>
  readSync(fd, bytes, offset, bytes.length - offset, null),
);
