import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { steadyNow } from '../../../flow/steady-clock.ts';
import { errnoName } from '../errno-name.ts';
import { loadBoundLibc } from '../libc.ts';
import { signal } from '../threads/signals.ts';
import { betweenLooks, type Ear, hear } from './hear.ts';
import { at, type ClosingRingMemory, closingRingIn, type Heard, put, stops } from './ring.ts';

/** A message to the thread: the descriptors to read from now on. */
type ListenOrder = readonly Ear[];

/** The thread's messages: first whether it can read, later that there is something to take, if requested. */
export type ListenWord = 'ready' | 'no calls' | 'heard' | 'changed';

/** How often it checks for orders if nothing arrives, in milliseconds. */
const patience = 1000;
/** How long it waits before it looks for room again, in milliseconds. */
const pause = 50;

const ring = closingRingIn(workerData as ClosingRingMemory);
const { control } = ring;
const libc = loadBoundLibc();
signal(control, at.loaded, 1);
const port = parentPort;

function say(word: ListenWord): void {
  port?.postMessage(word);
}

/** Wakes the reader, once for each request to be woken. */
function wake(): void {
  if (Atomics.exchange(control, at.wanted, 0) === 1) say('heard');
}

/** Waits for room if there is none; false: the thread must end. */
function putPatiently(number: number, heard: Heard): boolean {
  const time = steadyNow();
  while (!put(ring, number, time, heard)) {
    wake();
    if (Atomics.load(control, at.stop) === stops.atOnce) return false;
    Atomics.wait(control, at.taken, Atomics.load(control, at.taken), pause);
  }
  return true;
}

if (libc === null) {
  say('no calls');
} else {
  let ears: ListenOrder = [];
  say('ready');
  while (Atomics.load(control, at.stop) === stops.not) {
    const orders = Atomics.load(control, at.orders);
    for (;;) {
      const order = port === null ? undefined : receiveMessageOnPort(port);
      if (order === undefined) break;
      ears = order.message as ListenOrder;
      say('changed');
    }
    if (ears.length === 0) {
      // poll(2) without descriptors would not notice the first one.
      Atomics.wait(control, at.orders, orders, patience);
      continue;
    }
    const waited = libc.waitForAny(
      ears.map(({ descriptor }) => descriptor),
      patience,
    );
    // Without poll(2) it looks again and again.
    if (waited < 0 && errnoName(waited) !== 'EINTR') {
      Atomics.wait(control, at.orders, orders, betweenLooks);
    }
    ears = hear(libc, ears, putPatiently);
    wake();
  }
}
