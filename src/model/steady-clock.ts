/**
 * Milliseconds on a clock that nobody sets, and that all threads share. Node's `performance` would have it load eleven
 * modules at the start (3 ms); Bun's `hrtime` counts from the beginning of each thread, and so does its `performance`,
 * which tells when that was.
 */
export const steadyNow: () => number =
  process.versions.bun === undefined
    ? () => {
        const [seconds, nanoseconds] = process.hrtime();
        return seconds * 1000 + nanoseconds / 1e6;
      }
    : () => performance.timeOrigin + performance.now();

/** Milliseconds by which the two clocks may differ from what is known before it counts. */
const slack = 5;
/** So often they are read, where something else ran in between. */
const mostReadings = 10;

/**
 * Tells moments of the steady clock as times of the machine's: ISO 8601, by what that says now. The same moment is the
 * same time for as long as nobody sets the clock.
 */
export function machineTime(now: () => number = Date.now): (moment: number) => string {
  let offset = offsetOf(now);
  return (moment) => {
    const latest = offsetOf(now);
    if (Math.abs(latest - offset) > slack) offset = latest;
    return new Date(offset + moment).toISOString();
  };
}

/** How far a clock is before the steady one: the two are not read at once. */
function offsetOf(now: () => number): number {
  let best = Number.POSITIVE_INFINITY;
  let offset = 0;
  for (let readings = 0; readings < mostReadings && best > slack / 2; readings++) {
    const before = steadyNow();
    const time = now();
    const apart = steadyNow() - before;
    if (apart >= best) continue;
    best = apart;
    offset = time - before;
  }
  return offset;
}
