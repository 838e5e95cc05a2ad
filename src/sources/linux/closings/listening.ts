import { setTimeout } from '../../../flow/real-time.ts';
import { steadyNow } from '../../../flow/steady-clock.ts';
import type { Libc } from '../libc.ts';
import { closeForeign } from '../threads/close-foreign.ts';
import { betweenLooks, type Ear, hear } from './hear.ts';
import { startListeningThread } from './listening-thread.ts';
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
  take(each: HeardEach): void;
  /** As `Closings.finish`. */
  finish(): Promise<void>;
  /** Whether a thread does the reading. */
  readonly isThread: boolean;
  close(): void;
}

/** Called with the number of the ear, the time on the steady clock, and what it heard. */
type HeardEach = (number: number, time: number, heard: Heard<Buffer>) => void;

/** More than the kernel buffers: everything that is there. */
const allAtOnce = 32_768;

/**
 * The ring of the last that ended, for the next: V8 frees shared memory late, so that a program that follows for a
 * moment again and again would have hundreds of megabytes.
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
  let wakeUp: (() => void) | null = null;
  let isClosed = false;
  const woken = () => {
    wakeUp?.();
    wakeUp = null;
  };
  // If it ends on its own, this one takes over.
  let thread = await startListeningThread(name, memory, {
    heard: woken,
    ended() {
      thread = null;
      woken();
      if (isClosed) spare = memory;
    },
  });

  /** Has a descriptor closed that is no ear any more. */
  function leave({ descriptor }: Ear): void {
    if (thread === null) closeForeign(descriptor);
    else thread.leave(descriptor);
  }

  return {
    add(ear) {
      ears.set(ear.number, ear);
      thread?.read([...ears.values()]);
    },
    remove(number) {
      const ear = ears.get(number);
      if (ear === undefined) return;
      ears.delete(number);
      leave(ear);
      thread?.read([...ears.values()]);
    },
    ready() {
      if (thread === null) return new Promise((resolve) => setTimeout(resolve, betweenLooks));
      return new Promise((resolve) => {
        wakeUp = resolve;
        Atomics.store(ring.control, at.wanted, 1);
        if (!isEmpty(ring)) woken();
      });
    },
    take(each) {
      // The ring may be another's by now.
      if (isClosed) return;
      take(ring, each);
      if (thread === null) takeUnread(libc, [...ears.values()], each);
    },
    async finish() {
      thread?.stop(stops.whenPut);
      await thread?.ended;
    },
    get isThread() {
      return thread !== null;
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      for (const ear of ears.values()) leave(ear);
      ears.clear();
      if (thread === null) spare = memory;
      else thread.stop(stops.atOnce);
      woken();
    },
  };
}

/** Takes what the kernel has for these ears, in this thread. */
function takeUnread(libc: Libc, ears: readonly Ear[], each: HeardEach): void {
  const put = (number: number, heard: Heard) => {
    each(number, steadyNow(), heard instanceof Uint8Array ? Buffer.from(heard) : heard);
    return true;
  };
  hear(libc, ears, put, allAtOnce);
}
