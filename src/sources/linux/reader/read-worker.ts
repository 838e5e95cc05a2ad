import { readlinkSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { datagramReads } from './datagram-reads.ts';
import { fillRing } from './fill-ring.ts';
import { kernelReads } from './kernel-reads.ts';
import { type RingMemory, ringIn } from './ring.ts';

/** What a reading thread is to read; descriptors belong to the whole process. */
export interface ReadTask {
  readonly fd: number;
  /** As TableHints has it. */
  readonly longestLine?: number | undefined;
  /** It is a netlink socket, and gives datagrams. */
  readonly isDatagrams?: boolean;
}

/** What a reading thread is given. */
export interface ReadOrder extends ReadTask {
  readonly memory: RingMemory;
}

/**
 * This thread's ID. Where the kernel does not tell it (before Linux 3.17) this throws, the thread ends,
 * and whoever started it reads by itself.
 */
const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));

function read({ fd, longestLine, isDatagrams, memory }: ReadOrder): void {
  const read = isDatagrams ? datagramReads(fd) : kernelReads(fd, longestLine);
  fillRing(ringIn(memory), read, thread);
  parentPort?.postMessage('read');
}

parentPort?.on('message', read);
read(workerData as ReadOrder);
