import { hrtime } from './real-time.ts';

/**
 * Milliseconds of a monotonic clock that all threads share. Node's `performance` would load eleven modules at the
 * start (3 ms). Bun's `hrtime` and `performance` count from the start of each thread, but `performance` also knows
 * when that was.
 */
export const steadyNow: () => number =
  process.versions.bun === undefined
    ? () => {
        const [seconds, nanoseconds] = hrtime();
        return seconds * 1000 + nanoseconds / 1e6;
      }
    : () => performance.timeOrigin + performance.now();

const never = new Int32Array(new SharedArrayBuffer(4));

/** Blocks the thread for so many milliseconds, and with it the event loop. */
export function blockFor(milliseconds: number): void {
  Atomics.wait(never, 0, 0, milliseconds);
}

/** Difference between the clocks' offsets, in milliseconds, that is still taken for measuring error. */
const maxClockError = 5;
/** How often the clocks are read at most, if something else runs in between. */
const maxReadings = 10;

/**
 * Converts moments of the monotonic clock to times of the machine: ISO 8601, by what its clock says now. The same
 * moment gives the same time unless somebody sets the clock.
 */
export function machineTime(now: () => number = Date.now): (moment: number) => string {
  let offset = offsetOf(now);
  return (moment) => {
    const latest = offsetOf(now);
    if (Math.abs(latest - offset) > maxClockError) offset = latest;
    return new Date(offset + moment).toISOString();
  };
}

/** How far a clock is ahead of the monotonic one; repeats until the two are read close together. */
function offsetOf(now: () => number): number {
  let best = Number.POSITIVE_INFINITY;
  let offset = 0;
  for (let readings = 0; readings < maxReadings && best > maxClockError / 2; readings++) {
    const before = steadyNow();
    const time = now();
    const apart = steadyNow() - before;
    if (apart >= best) continue;
    best = apart;
    offset = time - before;
  }
  return offset;
}
