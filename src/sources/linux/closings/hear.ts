import { errnoName } from '../errno-name.ts';
import type { Libc } from '../libc.ts';
import type { Heard } from './ring.ts';

/** A descriptor that is read, and its number in the ring. */
export interface Ear {
  readonly descriptor: number;
  readonly number: number;
}

/** The most datagrams of one descriptor before the next one's turn: for a thread, which comes back at once. */
const turn = 512;

/** Enough for one message, which takes some 400 bytes. */
const scratch = Buffer.allocUnsafeSlow(32 * 1024);

/**
 * Reads what the kernel has for these descriptors. `put` waits for room if there is none; false: the reader has ended.
 */
export function hear(
  { receive }: Pick<Libc, 'receive'>,
  ears: Iterable<Ear>,
  put: (number: number, heard: Heard) => boolean,
  atOnce = turn,
): void {
  for (const { descriptor, number } of ears) {
    for (let count = 0; count < atOnce; count++) {
      const got = receive(descriptor, scratch);
      if (got >= 0) {
        if (!put(number, scratch.subarray(0, got))) return;
        continue;
      }
      const code = errnoName(got);
      if (code === 'EINTR') continue;
      if (code !== 'ENOBUFS') break;
      if (!put(number, null)) return;
    }
  }
}
