import { EventEmitter } from 'node:events';
import { openSync } from 'node:fs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ListenWord } from '../../../../src/sources/linux/closings/closings-worker.ts';
import { startListeningThread } from '../../../../src/sources/linux/closings/listening-thread.ts';
import {
  at,
  closingRingIn,
  closingRingMemory,
  stops,
} from '../../../../src/sources/linux/closings/ring.ts';
import { isOpen } from './descriptors.ts';

vi.mock('node:worker_threads', async () => ({ Worker: FakeWorker }));
vi.mock('../../../../src/sources/linux/threads/worker-file.ts', () => ({
  workerFile: (path: string) => path,
}));

const started: FakeWorker[] = [];
let firstWord: ListenWord = 'ready';

/** A thread that does only what a test lets it do. */
class FakeWorker extends EventEmitter {
  readonly orders: unknown[] = [];
  constructor() {
    super();
    started.push(this);
    queueMicrotask(() => this.emit('message', firstWord));
  }
  postMessage(order: unknown): void {
    this.orders.push(order);
  }
  unref(): void {}
}

async function startedThread() {
  const memory = closingRingMemory(64);
  const { control } = closingRingIn(memory);
  const events = { heard: vi.fn(), ended: vi.fn() };
  const thread = await startListeningThread('closings-worker', memory, events);
  const worker = started.at(-1) as FakeWorker;
  return { thread, worker, control, events };
}

const ear = (number: number) => ({ number, descriptor: openSync('/dev/null', 'r+') });

beforeEach(() => {
  firstWord = 'ready';
});

describe('the thread that listens', () => {
  it('is none if it cannot make the calls', async () => {
    firstWord = 'no calls';
    expect((await startedThread()).thread).toBeNull();
  });

  it('is woken for each order', async () => {
    const { thread, worker, control } = await startedThread();
    const ears = [ear(1), ear(2)];
    thread?.read(ears);
    thread?.read(ears.slice(1));
    expect(worker.orders).toEqual([ears, ears.slice(1)]);
    expect(Atomics.load(control, at.orders)).toBe(2);
    for (const { descriptor } of ears) thread?.leave(descriptor);
    worker.emit('exit');
  });

  it('says that it heard something', async () => {
    const { worker, events } = await startedThread();
    worker.emit('message', 'heard');
    worker.emit('message', 'changed');
    expect(events.heard).toHaveBeenCalledTimes(1);
    worker.emit('exit');
  });

  it('has a descriptor closed once it has received the order without it', async () => {
    const { thread, worker } = await startedThread();
    const [first, second] = [ear(1), ear(2)];
    thread?.read([first, second]);
    thread?.leave(first.descriptor);
    thread?.read([second]);
    worker.emit('message', 'changed');
    expect(isOpen(first.descriptor)).toBe(true);
    worker.emit('message', 'changed');
    expect([isOpen(first.descriptor), isOpen(second.descriptor)]).toEqual([false, true]);
    thread?.leave(second.descriptor);
    worker.emit('exit');
  });

  it('is told to end; what it may have read until then is closed afterwards', async () => {
    const { thread, worker, control, events } = await startedThread();
    const only = ear(1);
    thread?.read([only]);
    thread?.leave(only.descriptor);
    thread?.stop(stops.whenPut);
    expect(Atomics.load(control, at.stop)).toBe(stops.whenPut);
    expect([isOpen(only.descriptor), events.ended.mock.calls.length]).toEqual([true, 0]);
    worker.emit('exit');
    await thread?.ended;
    expect([isOpen(only.descriptor), events.ended.mock.calls.length]).toEqual([false, 1]);
  });
});
