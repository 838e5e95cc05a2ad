import { errnoName } from '../errno-name.ts';
import type { Libc } from '../libc.ts';
import type { Heard } from './ring.ts';

/** A descriptor that is read, and its number in the ring. */
export interface Ear {
  readonly descriptor: number;
  readonly number: number;
}

/** How often descriptors are read where nothing can wait for them, in milliseconds. */
export const betweenLooks = 20;

/** The most datagrams of one descriptor before the next one's turn: for a thread, which comes back at once. */
const turn = 512;

/** Enough for one message, which takes some 400 bytes. */
const scratch = Buffer.allocUnsafeSlow(32 * 1024);

/**
 * Reads what the kernel has for these descriptors. Returns those that can be read again: not the ones that failed, which
 * is said by the last thing put for them. `put` waits for room if there is none; false: the reader has ended.
 */
export function hear(
  { receive }: Pick<Libc, 'receive'>,
  ears: readonly Ear[],
  put: (number: number, heard: Heard) => boolean,
  atOnce = turn,
): readonly Ear[] {
  const failed = new Set<Ear>();
  for (const ear of ears) {
    const { descriptor, number } = ear;
    for (let count = 0; count < atOnce; count++) {
      const got = receive(descriptor, scratch);
      if (got >= 0) {
        if (!put(number, scratch.subarray(0, got))) return ears;
        continue;
      }
      const code = errnoName(got);
      if (code === 'EINTR') continue;
      if (code === 'EAGAIN') break;
      const isLost = code === 'ENOBUFS';
      if (!put(number, isLost ? null : got)) return ears;
      if (isLost) continue;
      failed.add(ear);
      break;
    }
  }
  return failed.size === 0 ? ears : ears.filter((ear) => !failed.has(ear));
}
