import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { lastingThreads } from '../../../../src/sources/linux/threads/lasting-threads.ts';

/** Threads that answer each task with it and their own number; the task `end` ends them. */
function echoing(mostTasks?: number) {
  let made = 0;
  const script = `
    const { parentPort, workerData, threadId } = require('node:worker_threads');
    const answer = (task) => task === 'end' ? process.exit() : parentPort.postMessage([task, threadId]);
    parentPort.on('message', answer);
    answer(workerData);`;
  const threads = lastingThreads<string>((workerData) => {
    made++;
    return new Worker(script, { eval: true, workerData });
  }, mostTasks);
  return {
    threads,
    made: () => made,
    /** What a thread answers; it is not given back. */
    async ask(task: string): Promise<{ readonly worker: Worker; readonly answer: unknown }> {
      const worker = threads.start(task);
      const [answer] = await once(worker, 'message');
      return { worker, answer };
    },
  };
}

describe('threads that wait for their next task', () => {
  it('are taken again once they are given back, and only then', async () => {
    const { threads, made, ask } = echoing();
    const first = await ask('a');
    const second = await ask('b');
    expect(made()).toBe(2);
    threads.giveBack(first.worker);
    const third = await ask('c');
    expect([made(), third.worker]).toEqual([2, first.worker]);
    expect(third.answer).toEqual(['c', (first.answer as unknown[])[1]]);
    await Promise.all([first.worker.terminate(), second.worker.terminate()]);
  });

  it('that died while they waited are not taken again', async () => {
    const { threads, made, ask } = echoing();
    const { worker } = await ask('a');
    threads.giveBack(worker);
    worker.postMessage('end');
    await once(worker, 'exit');
    const next = await ask('b');
    expect([made(), next.worker === worker]).toEqual([2, false]);
    await next.worker.terminate();
  });

  it('end after some tasks: what they shared for these is theirs until then', async () => {
    const { threads, made, ask } = echoing(16);
    for (let task = 0; task < 17; task++) {
      const { worker } = await ask(String(task));
      const ended = task % 16 === 15 ? once(worker, 'exit') : null;
      threads.giveBack(worker);
      await ended;
      if (task === 16) await worker.terminate();
    }
    expect(made()).toBe(2);
  });
});
