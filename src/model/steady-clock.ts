/** Milliseconds on a clock that nobody sets, and that all threads share. */
export function steadyNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Milliseconds by which the two clocks may differ from what is known before it counts: they are not read at once. */
const slack = 5;

/**
 * Tells moments of the steady clock as times of the machine's: ISO 8601, by what that says now. The same moment is the
 * same time for as long as nobody sets the clock.
 */
export function machineTime(now: () => number = Date.now): (moment: number) => string {
  let offset = now() - steadyNow();
  return (moment) => {
    const latest = now() - steadyNow();
    if (Math.abs(latest - offset) > slack) offset = latest;
    return new Date(offset + moment).toISOString();
  };
}
