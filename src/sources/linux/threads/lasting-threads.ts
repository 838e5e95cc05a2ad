import type { Worker } from 'node:worker_threads';
import { clearTimeout, setTimeout } from '../../../flow/real-time.ts';
import { requireAddressRoom } from './address-room.ts';

/** How long a thread waits for its next task, in milliseconds: Prometheus asks every minute by default. */
const patience = 150_000;

/** After how many tasks a thread ends: while it waits it collects no garbage, such as the memory of its tasks. */
const usualTasks = 256;

/**
 * Threads of one kind, which wait for another task when they are done: with each thread that ends Node leaks some
 * 70 KB, which would add up in a service. Waiting threads do not keep the process alive.
 */
export interface LastingThreads<Task> {
  /** Runs a task on a waiting thread, else on a new one. @throws if no thread can be started */
  start(task: Task): Worker;
  /** Call when a thread has done its task. */
  giveBack(worker: Worker): void;
}

/**
 * No threads yet. `make` starts one with its first task as `workerData`; later tasks are sent as messages. A thread
 * ends after `mostTasks`.
 */
export function lastingThreads<Task>(
  make: (task: Task) => Worker,
  mostTasks = usualTasks,
): LastingThreads<Task> {
  const idle: Worker[] = [];
  const tasks = new WeakMap<Worker, number>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const endIdle = () => {
    for (const worker of idle.splice(0)) void worker.terminate();
  };
  return {
    start(task) {
      const waiting = idle.pop();
      if (waiting !== undefined) {
        waiting.ref();
        waiting.postMessage(task);
        return waiting;
      }
      requireAddressRoom();
      const worker = make(task);
      // Without a listener the error of a thread, even of a waiting one, would end the program; what it did is lost.
      worker.on('error', () => {});
      worker.once('exit', () => {
        const at = idle.indexOf(worker);
        if (at >= 0) idle.splice(at, 1);
      });
      return worker;
    },
    giveBack(worker) {
      const done = (tasks.get(worker) ?? 0) + 1;
      tasks.set(worker, done);
      if (done >= mostTasks) {
        void worker.terminate();
        return;
      }
      worker.unref();
      idle.push(worker);
      clearTimeout(timer);
      timer = setTimeout(endIdle, patience);
      timer.unref();
    },
  };
}
