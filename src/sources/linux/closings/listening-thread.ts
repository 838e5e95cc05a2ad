import { writeSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { messageOf } from '../netlink/sock-diag.ts';
import { requireAddressRoom } from '../threads/address-room.ts';
import { closeForeign } from '../threads/close-foreign.ts';
import { atExit, exitAfterLoading } from '../threads/exit-after.ts';
import { workerFile } from '../threads/worker-file.ts';
import type { ListenWord } from './closings-worker.ts';
import type { Ear } from './hear.ts';
import { leaving } from './leaving.ts';
import { at, type ClosingRingMemory, closingRingIn, stops } from './ring.ts';

/** A thread that writes into a ring what it reads. */
export interface ListeningThread {
  /** Has it read these descriptors from now on, and no others. */
  read(ears: readonly Ear[]): void;
  /** Has a descriptor closed once the thread cannot read it any more: the next `read` leaves it out. */
  leave(descriptor: number): void;
  /** Tells it to end, whatever it waits for. */
  stop(when: (typeof stops)['whenPut' | 'atOnce']): void;
  /** Resolves once it has ended. */
  readonly ended: Promise<void>;
}

/** What is done when the thread has something to say. */
export interface ThreadEvents {
  /** There is something in the ring, if that was `wanted` (`ring.ts`). */
  heard(): void;
  /** It has ended, on its own or because it was told to. */
  ended(): void;
}

/** Starts the thread of this name in `closings/`. null: none can be started. */
export async function startListeningThread(
  name: string,
  memory: ClosingRingMemory,
  events: ThreadEvents,
): Promise<ListeningThread | null> {
  const { control } = closingRingIn(memory);
  const worker = await startWorker(name, memory, control);
  if (worker === null) return null;
  const left = leaving(closeForeign);
  let read: readonly Ear[] = [];

  /** Wakes it whether it waits for a descriptor or for an order. */
  function wake(): void {
    Atomics.add(control, at.orders, 1);
    Atomics.notify(control, at.orders);
    nudge([...read.map(({ descriptor }) => descriptor), ...left.descriptors]);
  }

  function stop(when: number): void {
    Atomics.store(control, at.stop, when);
    Atomics.notify(control, at.taken);
    wake();
  }

  // Node waits for the thread, which waits for the kernel.
  const forget = atExit(() => stop(stops.atOnce));
  worker.on('message', (word: ListenWord) => {
    if (word === 'heard') events.heard();
    if (word === 'changed') left.heard();
  });
  const ended = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      forget();
      left.closeAll();
      events.ended();
      resolve();
    });
  });
  return {
    read(ears) {
      read = ears;
      worker.postMessage(ears);
      left.ordered();
      wake();
    },
    leave: left.add,
    stop,
    ended,
  };
}

/** A type of request that no kernel knows, and every kernel answers with an error. */
const unknownType = 0x7fff;

/** Sends an invalid request: the kernel's answer ends poll(2). */
function nudge([first]: readonly number[]): void {
  if (first === undefined) return;
  try {
    writeSync(first, messageOf(unknownType, 0, 0));
  } catch {
    // The thread checks by itself after a second.
  }
}

/** null: no thread can be started. */
async function startWorker(
  name: string,
  workerData: ClosingRingMemory,
  control: Int32Array,
): Promise<Worker | null> {
  let worker: Worker;
  try {
    requireAddressRoom();
    const threads = await import('node:worker_threads');
    worker = new threads.Worker(workerFile(`closings/${name}`), {
      workerData,
      // Descriptors are opened and closed by this thread.
      trackUnmanagedFds: false,
      resourceLimits: { maxYoungGenerationSizeMb: 1 },
    });
  } catch {
    return null;
  }
  const loaded = exitAfterLoading(control, at.loaded);
  const word = await new Promise<ListenWord | null>((resolve) => {
    worker.once('message', resolve);
    worker.on('error', () => resolve(null));
    worker.once('exit', () => resolve(null));
  }).finally(loaded);
  worker.unref();
  return word === 'ready' ? worker : null;
}
