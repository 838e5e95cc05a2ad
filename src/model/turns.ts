/** Waits for a turn, does the work, and passes the turn on. */
export type Turn = <T>(work: () => Promise<T>) => Promise<T>;

/** At most `atOnce` turns at a time; others wait in order. */
export function turns(atOnce: number): Turn {
  const waiting: (() => void)[] = [];
  let underWay = 0;
  return async (work) => {
    if (underWay < atOnce) underWay++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The next waiter takes over the place.
      const next = waiting.shift();
      if (next === undefined) underWay--;
      else next();
    }
  };
}
