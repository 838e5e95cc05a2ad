import type { Worker } from 'node:worker_threads';

/** How long a thread waits for its next task, in milliseconds: Prometheus asks every minute by default. */
const patience = 150_000;

/** A thread that waits collects no garbage: it keeps the small memory that came with its tasks, until it ends. */
const usualTasks = 256;

/**
 * Threads of one kind, which wait for the next task when they have done one: with each that ends Node loses some
 * 70 KB, of which a service would die in time. None keeps the process from ending while it waits.
 */
export interface LastingThreads<Task> {
  /** Has a thread do a task: one that waits, else a new one. @throws where none can be had */
  start(task: Task): Worker;
  /** To be told once a thread has done its task. */
  giveBack(worker: Worker): void;
}

/**
 * None yet. `make` starts one whose first task is its `workerData`; others come as messages. After `mostTasks` a thread
 * ends.
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
      const worker = make(task);
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
