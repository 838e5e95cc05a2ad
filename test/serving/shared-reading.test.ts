import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { overdue, sharedReadings } from '../../src/serving/shared-reading.ts';

/** Readings that end when the test says so. */
function controlled() {
  const begun: { resolve(answer: string): void; reject(error: Error): void }[] = [];
  const read = () =>
    new Promise<string>((resolve, reject) => {
      begun.push({ resolve, reject });
    });
  return { begun, readings: sharedReadings(read, () => performance.now()) };
}

const turns = () => vi.advanceTimersByTimeAsync(0);

describe('readings', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('fifty who ask at once share one', async () => {
    const { begun, readings } = controlled();
    const answers = Array.from({ length: 50 }, () => readings.get(1000));
    await turns();
    begun[0]?.resolve('one');
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['one']));
    expect(begun).toHaveLength(1);
  });

  it('those who ask during one share its answer, those who ask later get that of another', async () => {
    const { begun, readings } = controlled();
    const first = readings.get(1000);
    await turns();
    const second = readings.get(1000);
    begun[0]?.resolve('one');
    expect(await Promise.all([first, second])).toEqual(['one', 'one']);
    const third = readings.get(1000);
    await turns();
    begun[1]?.resolve('two');
    expect(await third).toBe('two');
  });

  it('one that takes too long is overdue for each in its own time, and goes on alone', async () => {
    const { begun, readings } = controlled();
    const hasty = readings.get(100);
    const patient = readings.get(5000);
    await vi.advanceTimersByTimeAsync(100);
    expect(await hasty).toBe(overdue);
    const later = readings.get(100);
    await vi.advanceTimersByTimeAsync(100);
    expect(await later).toBe(overdue);
    begun[0]?.resolve('late');
    expect(await patient).toBe('late');
    expect(begun).toHaveLength(1);
  });

  it('a result that comes when no caller waits any more is for the next one whose own reading is late', async () => {
    const { begun, readings } = controlled();
    const answers: unknown[] = [];
    // Each takes 12 s, and whoever asks once a minute waits 9.5 s.
    for (let i = 0; i < 3; i++) {
      const asking = readings.get(9500);
      await vi.advanceTimersByTimeAsync(9500);
      answers.push(await asking);
      await vi.advanceTimersByTimeAsync(2500);
      begun[i]?.resolve(`answer ${i}`);
      await vi.advanceTimersByTimeAsync(48_000);
    }
    expect(answers).toEqual([overdue, 'answer 0', 'answer 1']);
  });

  it('a late failure is reported to the next caller whose own reading is late', async () => {
    const { begun, readings } = controlled();
    const first = readings.get(1000);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await first).toBe(overdue);
    begun[0]?.reject(new Error('no such table'));
    await vi.advanceTimersByTimeAsync(1000);
    const next = readings.get(1000).catch((error) => error.message);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await next).toBe('no such table');
  });

  it.each([
    ['is of the last two minutes', 118_000, 'old'],
    ['is older', 119_000, overdue],
  ])('an answer that came too late is given only if it %s', async (_, later, expected) => {
    const { begun, readings } = controlled();
    readings.get(1000);
    await vi.advanceTimersByTimeAsync(2000);
    begun[0]?.resolve('old');
    await vi.advanceTimersByTimeAsync(later);
    const next = readings.get(1000);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await next).toBe(expected);
  });

  it('an answer that came in time is not given again', async () => {
    const { begun, readings } = controlled();
    const first = readings.get(1000);
    await turns();
    begun[0]?.resolve('one');
    expect(await first).toBe('one');
    await vi.advanceTimersByTimeAsync(2000);
    const next = readings.get(1000);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await next).toBe(overdue);
  });

  it('one that fails fails for all who wait, and the next is tried anew', async () => {
    const { begun, readings } = controlled();
    const failing = [readings.get(1000), readings.get(1000)].map((one) =>
      one.catch((error) => error.message),
    );
    await turns();
    begun[0]?.reject(new Error('no such table'));
    expect(await Promise.all(failing)).toEqual(['no such table', 'no such table']);
    const next = readings.get(1000);
    await turns();
    begun[1]?.resolve('again');
    expect(await next).toBe('again');
  });

  it('one that fails at once is no different', async () => {
    let count = 0;
    const readings = sharedReadings(
      () => {
        count++;
        throw new Error(`no ${count}`);
      },
      () => performance.now(),
    );
    await expect(readings.get(1000)).rejects.toThrow('no 1');
    await expect(readings.get(1000)).rejects.toThrow('no 2');
  });

  it('one that fails when no caller waits any more affects no other', async () => {
    const { begun, readings } = controlled();
    const hasty = readings.get(100);
    await vi.advanceTimersByTimeAsync(100);
    expect(await hasty).toBe(overdue);
    begun[0]?.reject(new Error('nobody hears it'));
    await turns();
  });

  it.each([
    ['as long as it took', 300, 300],
    ['a second at most', 8000, 1000],
  ])('rest between two of them %s', async (_, took, rest) => {
    const { begun, readings } = controlled();
    const first = readings.get(60_000);
    await vi.advanceTimersByTimeAsync(took);
    begun[0]?.resolve('one');
    await first;
    const second = readings.get(60_000);
    await vi.advanceTimersByTimeAsync(rest - 1);
    expect(begun).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(begun).toHaveLength(2);
    begun[1]?.resolve('two');
    expect(await second).toBe('two');
  });
});
