import { writeSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { setTimeout } from '../../../flow/real-time.ts';
import { steadyNow } from '../../../flow/steady-clock.ts';
import type { Libc } from '../libc.ts';
import { messageOf } from '../netlink/sock-diag.ts';
import { requireAddressRoom } from '../threads/address-room.ts';
import { closeForeign } from '../threads/close-foreign.ts';
import { atExit, exitAfterLoading } from '../threads/exit-after.ts';
import { workerFile } from '../threads/worker-file.ts';
import type { ListenWord } from './closings-worker.ts';
import { betweenLooks, type Ear, hear } from './hear.ts';
import { leaving } from './leaving.ts';
import {
  at,
  type ClosingRingMemory,
  clearedClosingRing,
  closingRingIn,
  closingRingMemory,
  type Heard,
  isEmpty,
  stops,
  take,
} from './ring.ts';

/** Reads the kernel's messages of destroyed sockets from several descriptors. */
export interface Listening {
  add(ear: Ear): void;
  /** Stops reading it, and closes its descriptor. */
  remove(number: number): void;
  /** Resolves once there may be something to take. */
  ready(): Promise<void>;
  /**
   * Calls `each` with everything heard, in order. The bytes are valid until it returns.
   */
  take(each: (number: number, time: number, heard: Heard<Buffer>) => void): void;
  /** As `Closings.finish`. */
  finish(): Promise<void>;
  /** Whether a thread does the reading. */
  readonly isThread: boolean;
  close(): void;
}

/** More than the kernel buffers: everything that is there. */
const allAtOnce = 32_768;

/**
 * The ring of the last that ended, for the next: V8 frees shared memory late, so that a program that follows for a
 * moment again and again had hundreds of megabytes.
 */
let spare: ClosingRingMemory | null = null;

/** Memory that neither side uses. */
function unusedMemory(): ClosingRingMemory {
  const memory = spare ?? closingRingMemory();
  spare = null;
  return clearedClosingRing(memory);
}

/**
 * Reads in a thread, also while this one reads a round: the kernel buffers only some hundred closes for users who
 * may not raise that limit. If no thread can be started, descriptors are polled every 20 milliseconds, between
 * rounds.
 */
export async function startListening(libc: Libc, name = 'closings-worker'): Promise<Listening> {
  const ears = new Map<number, Ear>();
  const memory = unusedMemory();
  const ring = closingRingIn(memory);
  const { control } = ring;
  let wakeUp: (() => void) | null = null;
  let worker = await startWorker(name, memory);
  const left = leaving(closeForeign);
  let isClosed = false;
  let ended: (() => void) | null = null;

  const woken = () => {
    wakeUp?.();
    wakeUp = null;
  };
  worker?.on('message', (word: ListenWord) => {
    if (word === 'heard') woken();
    if (word === 'changed') left.heard();
  });
  // If the thread dies, this one takes over.
  worker?.on('exit', () => {
    worker = null;
    forget();
    left.closeAll();
    woken();
    ended?.();
    if (isClosed) spare = memory;
  });

  /** Sends the thread the descriptors to read. */
  function sendDescriptors(): void {
    if (worker === null) {
      left.closeAll();
      return;
    }
    const all = [...ears.values()];
    worker.postMessage(all);
    left.ordered();
    wakeThread([...all.map(({ descriptor }) => descriptor), ...left.descriptors]);
  }

  /** Wakes the thread whether it waits for a descriptor or for an order. */
  function wakeThread(heard: readonly number[]): void {
    Atomics.add(control, at.orders, 1);
    Atomics.notify(control, at.orders);
    nudge(heard);
  }

  /** Tells the thread to end, whatever it waits for. */
  function stop(when: number): void {
    Atomics.store(control, at.stop, when);
    Atomics.notify(control, at.taken);
    wakeThread([...[...ears.values()].map(({ descriptor }) => descriptor), ...left.descriptors]);
  }

  // Node waits for the thread, which waits for the kernel.
  const forget = worker === null ? () => {} : atExit(() => stop(stops.atOnce));

  return {
    add(ear) {
      ears.set(ear.number, ear);
      sendDescriptors();
    },
    remove(number) {
      const ear = ears.get(number);
      if (ear === undefined) return;
      ears.delete(number);
      left.add(ear.descriptor);
      sendDescriptors();
    },
    ready() {
      if (worker === null) return new Promise((resolve) => setTimeout(resolve, betweenLooks));
      return new Promise((resolve) => {
        wakeUp = resolve;
        Atomics.store(control, at.wanted, 1);
        if (!isEmpty(ring)) woken();
      });
    },
    take(each) {
      // The ring may be another's by now.
      if (isClosed) return;
      take(ring, each);
      if (worker !== null) return;
      const put = (number: number, heard: Heard) => {
        each(number, steadyNow(), heard instanceof Uint8Array ? Buffer.from(heard) : heard);
        return true;
      };
      hear(libc, [...ears.values()], put, allAtOnce);
    },
    finish() {
      if (worker === null) return Promise.resolve();
      return new Promise((resolve) => {
        ended = resolve;
        stop(stops.whenPut);
      });
    },
    get isThread() {
      return worker !== null;
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      for (const { descriptor } of ears.values()) left.add(descriptor);
      ears.clear();
      if (worker === null) {
        left.closeAll();
        spare = memory;
      } else {
        stop(stops.atOnce);
      }
      woken();
    },
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
async function startWorker(name: string, memory: ClosingRingMemory): Promise<Worker | null> {
  let worker: Worker;
  try {
    requireAddressRoom();
    const threads = await import('node:worker_threads');
    worker = new threads.Worker(workerFile(`closings/${name}`), {
      workerData: memory,
      // Descriptors are opened and closed by this thread.
      trackUnmanagedFds: false,
      resourceLimits: { maxYoungGenerationSizeMb: 1 },
    });
  } catch {
    return null;
  }
  const loaded = exitAfterLoading(closingRingIn(memory).control, at.loaded);
  const word = await new Promise<ListenWord | null>((resolve) => {
    worker.once('message', resolve);
    worker.on('error', () => resolve(null));
    worker.once('exit', () => resolve(null));
  }).finally(loaded);
  worker.unref();
  return word === 'ready' ? worker : null;
}
