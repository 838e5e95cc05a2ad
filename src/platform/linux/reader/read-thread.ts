import { createRequire } from 'node:module';
import { NetstatError } from '../../../errors.js';
import type { ReadOrder } from './read-worker.js';
import { at, failed, type Ring, ringIn, ringMemory, signal, turn } from './ring.js';

/** A thread that reads a file ahead. */
export interface ReadThread {
  /**
   * The next bytes of the file; 0 at its end. null: the thread is not there yet, or failed; then the
   * caller reads by itself, from where the file stands.
   */
  read(buffer: Uint8Array, offset: number): number | null;
  /** Returns when the thread no longer touches the file. */
  stop(): void;
}

/** Starts a thread for the descriptor; where there is no second processor or no worker's file, an idle one. */
export function startReading(fd: number, longestLine: number | undefined): ReadThread {
  // Loaded when there is much to read, not at every start.
  const require = createRequire(import.meta.url);
  const { availableParallelism } = require('node:os') as typeof import('node:os');
  if (availableParallelism() < 2) return { read: () => null, stop: () => {} };
  const { Worker } = require('node:worker_threads') as typeof import('node:worker_threads');
  const memory = ringMemory();
  const order: ReadOrder = { fd, longestLine, memory };
  const worker = new Worker(new URL('./read-worker.cjs', import.meta.url), {
    workerData: order,
    resourceLimits: { maxYoungGenerationSizeMb: 1 },
  });
  // A thread that cannot start never gets ready.
  worker.on('error', () => {});
  worker.unref();
  return emptying(ringIn(memory));
}

/** A slot takes a millisecond; a thread that died (out of memory) never fills one. */
const patienceMs = 30_000;

/**
 * The reader's side of a ring. `patience` is how long a slot may take, in milliseconds.
 * @throws NetstatError `unreadable` where it takes longer
 */
export function emptying({ control, slots }: Ring, patience = patienceMs): ReadThread {
  let begun = false;
  let over = false;
  let emptied = 0;
  let taken = 0;

  return {
    read(buffer, offset) {
      if (over) return null;
      if (!begun) {
        if (Atomics.load(control, at.ready) === 0) return null;
        begun = true;
        signal(control, at.turn, turn.read);
      }
      if (Atomics.wait(control, at.filled, emptied, patience) === 'timed-out') {
        throw new NetstatError(
          'unreadable',
          'a thread that reads /proc ahead gave no sign of life',
        );
      }
      const slot = emptied % slots.length;
      const length = control[at.lengths + slot] as number;
      if (length === failed) {
        over = true;
        return null;
      }
      if (length === 0) return 0;
      const part = (slots[slot] as Uint8Array).subarray(
        taken,
        Math.min(length, taken + buffer.length - offset),
      );
      buffer.set(part, offset);
      taken += part.length;
      if (taken === length) {
        taken = 0;
        emptied++;
        signal(control, at.emptied, emptied);
      }
      return part.length;
    },
    stop() {
      signal(control, at.turn, turn.stop);
      // A new value, not only a call: the thread may be just about to wait for one.
      signal(control, at.emptied, -1);
      if (begun) Atomics.wait(control, at.ended, 0);
    },
  };
}
