import nodeModule from 'node:module';
import { pathExists } from '../path-exists.ts';
import { type LastingThreads, lastingThreads } from '../threads/lasting-threads.ts';
import { awaitChange, signal } from '../threads/signals.ts';
import { workerFile } from '../threads/worker-file.ts';
import type { ReadOrder, ReadTask } from './read-worker.ts';
import {
  at,
  clearedRing,
  failed,
  type Ring,
  type RingMemory,
  ringIn,
  ringMemory,
  turn,
} from './ring.ts';

/** A thread that reads a file ahead. */
export interface ReadThread {
  /**
   * Reads the next bytes of the file; 0 at its end. null: the thread is not ready, failed or died; then the caller
   * reads by itself.
   */
  read(buffer: Uint8Array, offset: number): number | null;
  /** It died while it read: the descriptor's position is unknown. */
  readonly isLost: boolean;
  /** Returns when the thread no longer uses the file. Call once. */
  stop(): void;
}

/** Rings that neither side uses. Reused, as a waiting thread keeps every ring that it was given. */
const spare: RingMemory[] = [];

/** Created when first needed. */
let threads: LastingThreads<ReadOrder> | null = null;

const noThread: ReadThread = { read: () => null, isLost: false, stop: () => {} };

/**
 * Starts a thread that reads ahead; an idle one if there is no second processor, no worker's file (as in a bundle)
 * or no thread available (a limit on tasks): the thread is optional.
 */
export function startReading(task: ReadTask): ReadThread {
  let memory: RingMemory;
  let users = 2;
  const leave = () => {
    users--;
    if (users === 0) spare.push(memory);
  };
  try {
    // Loaded when there is much to read, not at every start.
    const require = nodeModule.createRequire(process.execPath);
    const { availableParallelism } = require('node:os') as typeof import('node:os');
    if (availableParallelism() < 2) return noThread;
    const { Worker } = require('node:worker_threads') as typeof import('node:worker_threads');
    threads ??= lastingThreads((workerData) => {
      const worker = new Worker(workerFile('files/read-worker'), {
        workerData,
        resourceLimits: { maxYoungGenerationSizeMb: 1 },
      });
      worker.on('message', () => threads?.giveBack(worker));
      return worker;
    });
    const known = spare.pop();
    memory = known === undefined ? ringMemory() : clearedRing(known);
    threads
      .start({ ...task, memory })
      .once('message', leave)
      .unref();
  } catch {
    return noThread;
  }
  const reading = emptying(ringIn(memory), isThread);
  return {
    read: reading.read,
    get isLost() {
      return reading.isLost;
    },
    stop() {
      reading.stop();
      leave();
    },
  };
}

/** Whether this process has a thread with that ID; false if /proc cannot be read. */
export function isThread(id: number): boolean {
  return pathExists(`/proc/self/task/${id}`);
}

/** How often to check whether the thread is still alive while waiting, in milliseconds. */
const betweenLooks = 1000;

/**
 * The reader's side of a ring. A slot may take any time: a process may be stopped, a machine busy. The reader waits
 * as long as `isAlive` says that the thread lives.
 */
export function emptying(
  { control, slots }: Ring,
  isAlive: (thread: number) => boolean,
  pause = betweenLooks,
): ReadThread {
  let begun = false;
  let over = false;
  let isLost = false;
  let emptied = 0;
  let taken = 0;

  /** Waits until a value is no longer `old`; false if the thread died before. */
  const changes = (place: number, old: number): boolean =>
    awaitChange(control, place, old, pause, () => isAlive(Atomics.load(control, at.ready)));

  return {
    read(buffer, offset) {
      if (over) return null;
      if (!begun) {
        if (Atomics.load(control, at.ready) === 0) return null;
        begun = true;
        signal(control, at.turn, turn.read);
      }
      if (!changes(at.filled, emptied)) {
        over = true;
        isLost = true;
        return null;
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
    get isLost() {
      return isLost;
    },
    stop() {
      signal(control, at.turn, turn.stop);
      // A new value, not only a notification: the thread may be about to wait for one.
      signal(control, at.emptied, -1);
      if (begun) changes(at.ended, 0);
    },
  };
}
