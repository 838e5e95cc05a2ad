import { readFileSync } from 'node:fs';
import { parseSoftLimit } from '../../../model/machine/limits.ts';

/**
 * The address space that V8 reserves for a thread, with a margin: 650 MiB with Node 20. If a limit leaves less, V8
 * aborts the process instead of throwing.
 */
const ofThread = 768 * 1024 * 1024;

/** @throws if the address space of this process is limited (RLIMIT_AS), and a thread may not have room in it */
export function requireAddressRoom(): void {
  if (!hasAddressRoom((file) => readFileSync(`/proc/self/${file}`, 'latin1'))) {
    throw new Error('no address space for a thread');
  }
}

/** Whether a thread has room, by this process's `limits` and `status` of proc(5); true where they cannot be read. */
export function hasAddressRoom(read: (file: 'limits' | 'status') => string): boolean {
  try {
    const limit = parseSoftLimit(read('limits'), 'Max address space');
    if (limit === null || limit === Number.POSITIVE_INFINITY) return true;
    const used = /^VmSize:\s+(\d+) kB$/m.exec(read('status'))?.[1];
    return used === undefined || limit - Number(used) * 1024 >= ofThread;
  } catch {
    return true;
  }
}
