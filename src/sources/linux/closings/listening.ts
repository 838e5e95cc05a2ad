import { closeSync, writeSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { steadyNow } from '../../../model/steady-clock.ts';
import type { Libc } from '../netlink/libc.ts';
import { messageOf } from '../netlink/sock-diag.ts';
import { workerFile } from '../worker-file.ts';
import type { ListenWord } from './closings-worker.ts';
import { type Ear, hear } from './hear.ts';
import { leaving } from './leaving.ts';
import { at, closingRingIn, closingRingMemory, isEmpty, take } from './ring.ts';

/** Listens to descriptors that the kernel tells of destroyed sockets. */
export interface Listening {
  add(ear: Ear): void;
  /** No longer listens to it, and closes its descriptor. */
  remove(number: number): void;
  /** Resolves once there may be something to take. */
  ready(): Promise<void>;
  /** What was heard, in order; null: the kernel lost some. The bytes are good until it returns. */
  take(each: (number: number, time: number, heard: Buffer | null) => void): void;
  /** Whether a thread does it. */
  readonly isThread: boolean;
  close(): void;
}

/** More than the kernel keeps: what it has by now. */
const allAtOnce = 32_768;

/** How often it is looked where no thread waits, in milliseconds. */
const betweenLooks = 20;

/**
 * Listens by a thread, which takes what the kernel tells while this one reads a round: the kernel keeps only
 * some hundred closes for who may not raise that limit. Where no thread can be had it is looked every 20
 * milliseconds, between rounds.
 */
export async function startListening(libc: Libc, name = 'closings-worker'): Promise<Listening> {
  const ears = new Map<number, Ear>();
  const memory = closingRingMemory();
  const ring = closingRingIn(memory);
  const { control } = ring;
  let wakeUp: (() => void) | null = null;
  let worker = await startWorker(name, memory);
  const left = leaving(closeSync);
  let isClosed = false;

  const woken = () => {
    wakeUp?.();
    wakeUp = null;
  };
  worker?.on('message', (word: ListenWord) => {
    if (word === 'heard') woken();
    if (word === 'changed') left.heard();
  });
  // A thread that died leaves the work to this one.
  worker?.on('exit', () => {
    worker = null;
    left.closeAll();
    woken();
  });

  /** Tells the thread to whom it listens. */
  function tellThread(): void {
    if (worker === null) {
      left.closeAll();
      return;
    }
    const all = [...ears.values()];
    worker.postMessage(all);
    left.ordered();
    wakeThread([...all.map(({ descriptor }) => descriptor), ...left.descriptors]);
  }

  /** Wakes it from wherever it waits: for a descriptor, or for one to wait for. */
  function wakeThread(heard: readonly number[]): void {
    Atomics.add(control, at.orders, 1);
    Atomics.notify(control, at.orders);
    nudge(heard);
  }

  return {
    add(ear) {
      ears.set(ear.number, ear);
      tellThread();
    },
    remove(number) {
      const ear = ears.get(number);
      if (ear === undefined) return;
      ears.delete(number);
      left.add(ear.descriptor);
      tellThread();
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
      take(ring, each);
      if (worker !== null || isClosed) return;
      const put = (number: number, heard: Uint8Array | null) => {
        each(number, steadyNow(), heard === null ? null : Buffer.from(heard));
        return true;
      };
      hear(libc, ears.values(), put, allAtOnce);
    },
    get isThread() {
      return worker !== null;
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      for (const { descriptor } of ears.values()) left.add(descriptor);
      ears.clear();
      Atomics.store(control, at.stop, 1);
      Atomics.notify(control, at.taken);
      if (worker === null) left.closeAll();
      else wakeThread(left.descriptors);
      woken();
    },
  };
}

/** No kernel knows a request of this type, and each answers that. */
const unknownType = 0x7fff;

/** A request that the kernel refuses is answered, which ends poll(2). */
function nudge([first]: readonly number[]): void {
  if (first === undefined) return;
  try {
    writeSync(first, messageOf(unknownType, 0, 0));
  } catch {
    // The thread looks by itself after a second.
  }
}

/** null: no thread can be had. */
async function startWorker(
  name: string,
  memory: ReturnType<typeof closingRingMemory>,
): Promise<Worker | null> {
  const here = import.meta.url;
  // What bundlers make of a module in CommonJS does not know where it lies.
  if (here === undefined) return null;
  let worker: Worker;
  try {
    const threads = await import('node:worker_threads');
    worker = new threads.Worker(workerFile(name, here), {
      workerData: memory,
      // Descriptors are opened and closed by this thread.
      trackUnmanagedFds: false,
      resourceLimits: { maxYoungGenerationSizeMb: 1 },
    });
  } catch {
    return null;
  }
  const word = await new Promise<ListenWord | null>((resolve) => {
    worker.once('message', resolve);
    worker.on('error', () => resolve(null));
    worker.once('exit', () => resolve(null));
  });
  worker.unref();
  return word === 'ready' ? worker : null;
}
