import { readSync } from 'node:fs';
import {
  descriptorCollector,
  type OtherDescriptor,
  type OwnersAtOnce,
} from '../owners/socket-descriptors.ts';
import { errnoOf } from '../proc/proc.ts';
import { closeForeign } from '../threads/close-foreign.ts';
import { record } from './program-parts.ts';

/** The kernel returns at most 32 KiB per read. */
const readSize = 32 * 1024;
/** Room for sockets that were created since they were counted. */
const fewMore = 1024;
/** Reads between two pauses; each takes about a millisecond. */
const readsAtOnce = 4;

/** Indexes of a record's fields, in four-byte words. */
const [inodeWord, fdWord, pidWord, tidWord] = [
  record.inode / 4,
  record.fd / 4,
  record.pid / 4,
  record.tid / 4,
];

/** How the records are read. */
export interface Reading {
  /** The approximate number of sockets; null or absent: not known. */
  readonly expected?: number | null;
  /** Awaited now and then, to let other work run. */
  readonly pause?: (() => Promise<void>) | undefined;
}

/**
 * Reads the records of an iterator, and closes it; null if reading fails. Rejects if `pause` does: the result is no
 * longer needed.
 */
export async function heldIn(answer: number, reading: Reading): Promise<OwnersAtOnce | null> {
  try {
    return await readAll(answer, reading);
  } finally {
    closeForeign(answer);
  }
}

async function readAll(
  answer: number,
  { expected = null, pause }: Reading,
): Promise<OwnersAtOnce | null> {
  // Some sockets will have been created since they were counted.
  const sockets = descriptorCollector(expected === null ? undefined : expected + fewMore);
  const others: OtherDescriptor[] = [];
  const bytes = Buffer.allocUnsafeSlow(readSize);
  const words = new Int32Array(bytes.buffer);
  let left = 0;
  for (let reads = 1; ; reads++) {
    const got = readOn(answer, bytes, left);
    if (got === null) return null;
    if (got === 0) break;
    const end = left + got;
    let at = 0;
    for (; at + record.size <= end; at += record.size) {
      const word = at >> 2;
      const low = (words[word + inodeWord] as number) >>> 0;
      const inode = low + (words[word + inodeWord + 1] as number) * 2 ** 32;
      const fd = words[word + fdWord] as number;
      const pid = words[word + pidWord] as number;
      // The program could not read the PID: no record can be trusted.
      if (pid <= 0) return null;
      if (inode !== 0) sockets.add(pid, inode, fd);
      else others.push({ pid, tid: words[word + tidWord] as number, fd });
    }
    bytes.copyWithin(0, at, end);
    left = end - at;
    if (pause !== undefined && reads % readsAtOnce === 0) await pause();
  }
  return { sockets: sockets.collected(), others };
}

/** Reads to `from` and beyond. Returns the number of bytes, 0 at the end; null: an error. */
function readOn(descriptor: number, bytes: Buffer, from: number): number | null {
  for (;;) {
    try {
      return readSync(descriptor, bytes, from, bytes.length - from, null);
    } catch (error) {
      // The kernel examined a million descriptors without output, and has to be called again.
      if (errnoOf(error) !== 'EAGAIN') return null;
    }
  }
}
