import { awaitChange, signal } from '../threads/signals.ts';
import type { Read } from './kernel-reads.ts';
import { at, failed, type Ring, turn } from './ring.ts';

/**
 * The thread's side: waits for its turn, then reads ahead of the reader until the end. `thread` is its ID, by which
 * the reader checks whether it is alive.
 */
export function fillRing({ control, slots }: Ring, read: Read, thread: number): void {
  signal(control, at.ready, thread);
  awaitChange(control, at.turn, turn.wait);
  for (let filled = 0; Atomics.load(control, at.turn) === turn.read; filled++) {
    waitForRoom(control, filled, slots.length);
    if (Atomics.load(control, at.turn) !== turn.read) break;
    const slot = filled % slots.length;
    const length = fill(slots[slot] as Uint8Array, read);
    control[at.lengths + slot] = length;
    signal(control, at.filled, filled + 1);
    if (length <= 0) break;
  }
  signal(control, at.ended, 1);
}

function waitForRoom(control: Int32Array, filled: number, slots: number): void {
  for (;;) {
    const emptied = Atomics.load(control, at.emptied);
    if (filled - emptied < slots || Atomics.load(control, at.turn) !== turn.read) return;
    awaitChange(control, at.emptied, emptied);
  }
}

function fill(bytes: Uint8Array, read: Read): number {
  let length = 0;
  try {
    while (length < bytes.length) {
      const got = read(bytes, length);
      if (got === 0) break;
      length += got;
    }
  } catch {
    // What was read counts; a reader that continues meets the error at the same place.
    return length > 0 ? length : failed;
  }
  return length;
}
