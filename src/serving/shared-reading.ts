/** Readings shared by all who ask at the same time, so that there is never more than one at once. */
export interface SharedReadings<T> {
  /**
   * The result of the current reading, or of one that begins now. Resolves to `overdue` after `limit` milliseconds:
   * the reading then goes on, and no other is begun beside it. If no request is waiting any more when it ends, its
   * result is kept for two minutes, for the next one whose own wait would end in `overdue`.
   */
  get(limit: number): Promise<T | typeof overdue>;
}

/** Returned instead of a result that did not come in time. */
export const overdue: unique symbol = Symbol('overdue');

/** The longest pause between two readings, in milliseconds. */
const longestRest = 1000;

/** How long a result that came too late is kept, in milliseconds. */
const longestKept = 120_000;

interface Waiter<T> {
  resolve(answer: T | typeof overdue): void;
  reject(error: unknown): void;
}

/**
 * Shares the readings of `read`. After each one comes a pause as long as the reading took, at most a second, so
 * that however many ask, it uses about half of a processor. Who asks during the pause shares the next reading.
 */
export function sharedReadings<T>(
  read: () => Promise<T>,
  elapsed: () => number,
): SharedReadings<T> {
  // A list of our own: a callback on a promise that never settles could not be removed.
  const waiting = new Set<Waiter<T>>();
  let isReading = false;
  let restedAt = Number.NEGATIVE_INFINITY;
  let kept: { readonly settle: (waiter: Waiter<T>) => void; readonly until: number } | null = null;

  async function next(): Promise<void> {
    const rest = Math.ceil(restedAt - elapsed());
    if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
    const begun = elapsed();
    let settle: (waiter: Waiter<T>) => void;
    try {
      const answer = await read();
      settle = (waiter) => waiter.resolve(answer);
    } catch (error) {
      settle = (waiter) => waiter.reject(error);
    }
    const ended = elapsed();
    restedAt = ended + Math.min(ended - begun, longestRest);
    isReading = false;
    const waiters = [...waiting];
    waiting.clear();
    kept = waiters.length === 0 ? { settle, until: ended + longestKept } : null;
    for (const waiter of waiters) settle(waiter);
  }

  return {
    get(limit) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(waiter);
          if (kept !== null && elapsed() < kept.until) kept.settle(waiter);
          else resolve(overdue);
        }, limit);
        const waiter: Waiter<T> = {
          resolve(answer) {
            clearTimeout(timer);
            resolve(answer);
          },
          reject(error) {
            clearTimeout(timer);
            reject(error);
          },
        };
        waiting.add(waiter);
        if (isReading) return;
        isReading = true;
        next();
      });
    },
  };
}
