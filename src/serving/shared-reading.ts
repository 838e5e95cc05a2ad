/** Readings that whoever asks at the same time shares, so that there are never two at once. */
export interface SharedReadings<T> {
  /**
   * What a reading says: the one under way, or one that begins now. `overdue` where that takes longer than
   * `limit` milliseconds: it goes on then, and no other is begun beside it. What it says once nobody waits any more
   * is for who asks next and would wait in vain too, if that is within two minutes.
   */
  get(limit: number): Promise<T | typeof overdue>;
}

/** In place of an answer that did not come in time. */
export const overdue: unique symbol = Symbol('overdue');

/** The longest rest between two readings, in milliseconds. */
const longestRest = 1000;

/** What came too late is told so long, in milliseconds. */
const longestKept = 120_000;

interface Waiter<T> {
  resolve(answer: T | typeof overdue): void;
  reject(error: unknown): void;
}

/**
 * Shares the readings of `read`. One is followed by a rest as long as it took, at most a second, so that
 * however many ask, it takes about half of a processor; who asks meanwhile shares the next one.
 */
export function sharedReadings<T>(
  read: () => Promise<T>,
  elapsed: () => number,
): SharedReadings<T> {
  // A list of our own: what waits for a promise that never settles could not be forgotten.
  const waiting = new Set<Waiter<T>>();
  let isReading = false;
  let restedAt = Number.NEGATIVE_INFINITY;
  let kept: { readonly tell: (waiter: Waiter<T>) => void; readonly until: number } | null = null;

  async function next(): Promise<void> {
    const rest = Math.ceil(restedAt - elapsed());
    if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
    const begun = elapsed();
    let tell: (waiter: Waiter<T>) => void;
    try {
      const answer = await read();
      tell = (waiter) => waiter.resolve(answer);
    } catch (error) {
      tell = (waiter) => waiter.reject(error);
    }
    const ended = elapsed();
    restedAt = ended + Math.min(ended - begun, longestRest);
    isReading = false;
    const told = [...waiting];
    waiting.clear();
    kept = told.length === 0 ? { tell, until: ended + longestKept } : null;
    for (const waiter of told) tell(waiter);
  }

  return {
    get(limit) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(waiter);
          if (kept !== null && elapsed() < kept.until) kept.tell(waiter);
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
