/** Waits for a turn, does the work, and gives the turn on. */
export type Turn = <T>(work: () => Promise<T>) => Promise<T>;

/** So many turns at once; others wait, in the order of asking. */
export function turns(atOnce: number): Turn {
  const waiting: (() => void)[] = [];
  let underWay = 0;
  return async (work) => {
    if (underWay < atOnce) underWay++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // Whoever waits takes the place over.
      const next = waiting.shift();
      if (next === undefined) underWay--;
      else next();
    }
  };
}
