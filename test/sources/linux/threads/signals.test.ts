import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { awaitChange, signal } from '../../../../src/sources/linux/threads/signals.ts';

const shared = () => new Int32Array(new SharedArrayBuffer(4));

/** A thread that wakes whoever waits, three times, before it sets the value. */
function wakesTooEarly(control: Int32Array, value: number): Worker {
  const script = `
    const { workerData: { control, value } } = require('node:worker_threads');
    const never = new Int32Array(new SharedArrayBuffer(4));
    for (let woken = 0; woken < 3; ) {
      const now = Atomics.notify(control, 0);
      if (now === 0) Atomics.wait(never, 0, 0, 1);
      woken += now;
    }
    Atomics.store(control, 0, value);
    Atomics.notify(control, 0);`;
  return new Worker(script, { eval: true, workerData: { control, value } });
}

describe('waiting for a value to change', () => {
  it('ends at once where it has', () => {
    const control = shared();
    signal(control, 0, 5);
    expect(awaitChange(control, 0, 4)).toBe(true);
  });

  it('goes on when woken for nothing', async () => {
    const control = shared();
    const thread = wakesTooEarly(control, 7);
    expect([awaitChange(control, 0, 0), Atomics.load(control, 0)]).toEqual([true, 7]);
    await thread.terminate();
  });

  it('goes on as long as it should', () => {
    let asked = 0;
    expect(awaitChange(shared(), 0, 0, 1, () => ++asked < 5)).toBe(false);
    expect(asked).toBe(5);
  });

  it('sees what was set just before it gives up', () => {
    const control = shared();
    const setting = () => {
      signal(control, 0, 1);
      return false;
    };
    expect(awaitChange(control, 0, 0, 1, setting)).toBe(true);
  });
});
