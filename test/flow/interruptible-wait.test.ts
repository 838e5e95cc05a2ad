import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { interruptibleWait } from '../../src/flow/interruptible-wait.ts';

vi.mock('../../src/flow/real-time.ts', () => import('../support/late-timers.ts'));

beforeEach(() => {
  // Only these: files that share this process may leave others behind.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A wait that has begun, whether it is over, and what begins the next one. */
function begun(milliseconds: number | null, ready?: () => Promise<void>) {
  const { wait, end } = interruptibleWait();
  const state = { isOver: false };
  const again = async (time: number | null) => {
    state.isOver = false;
    await wait(time);
    state.isOver = true;
  };
  wait(milliseconds, ready).then(() => {
    state.isOver = true;
  });
  return { state, end, again };
}

describe('a wait that can be ended', () => {
  it('lasts as long as it should, and leaves no timer', async () => {
    const { state } = begun(100);
    await vi.advanceTimersByTimeAsync(99);
    expect(state.isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(state.isOver).toBe(true);
  });

  it.each([100, null])('of %s is over when it is ended, and leaves no timer', async (time) => {
    const { state, end } = begun(time);
    await vi.advanceTimersByTimeAsync(50);
    expect(state.isOver).toBe(false);
    end();
    await vi.advanceTimersByTimeAsync(0);
    expect(state.isOver).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ['comes', () => Promise.resolve()],
    ['fails', () => Promise.reject(new Error('closed'))],
  ])('is over when what it is also for %s', async (_, ready) => {
    const { state } = begun(100, ready);
    await vi.advanceTimersByTimeAsync(0);
    expect(state.isOver).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([0, -1])('of %i milliseconds is none', async (time) => {
    const { state } = begun(time);
    await vi.advanceTimersByTimeAsync(0);
    expect(state.isOver).toBe(true);
  });

  it('is not ended by what an earlier one waited for', async () => {
    let come = () => {};
    const { state, again } = begun(10, () => new Promise((resolve) => (come = resolve)));
    await vi.advanceTimersByTimeAsync(10);
    again(null);
    come();
    await vi.advanceTimersByTimeAsync(0);
    expect(state.isOver).toBe(false);
  });

  it('may be ended when there is none', async () => {
    const { state, end, again } = begun(10);
    await vi.advanceTimersByTimeAsync(10);
    end();
    again(10);
    await vi.advanceTimersByTimeAsync(9);
    expect(state.isOver).toBe(false);
  });
});
