/**
 * Waits for a turn, does the work, and passes the turn on. While the work only waits, by `aside`, others have its turn;
 * then it waits for its next.
 */
export type Turn = <T>(work: (aside: Aside) => Promise<T>) => Promise<T>;

/** Gives the turn to others while something is awaited. */
export type Aside = <T>(wait: () => Promise<T>) => Promise<T>;

/** At most `atOnce` turns at a time; others wait in order. */
export function turns(atOnce: number): Turn {
  const waiting: (() => void)[] = [];
  let underWay = 0;
  const begin = async () => {
    if (underWay < atOnce) underWay++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const end = () => {
    // The next waiter takes over the place.
    const next = waiting.shift();
    if (next === undefined) underWay--;
    else next();
  };
  const aside: Aside = async (wait) => {
    end();
    try {
      return await wait();
    } finally {
      await begin();
    }
  };
  return async (work) => {
    await begin();
    try {
      return await work(aside);
    } finally {
      end();
    }
  };
}
