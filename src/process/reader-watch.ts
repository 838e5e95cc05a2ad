import { readlinkSync } from 'node:fs';
import { loadLibc } from '../sources/linux/libc.ts';

/** How often it is checked whether there is still a reader, in milliseconds. */
const period = 1000;

/** Whether standard output is a pipe whose reader cannot be replaced by another: it has no name. */
function isPipe(): boolean {
  try {
    return readlinkSync('/proc/self/fd/1').startsWith('pipe:');
  } catch {
    return false;
  }
}

/**
 * Calls `gone` when nobody reads standard output any more, while the event loop runs: on Linux, for a pipe. poll(2)
 * never reports the end that is written to as readable, only an error: that the other end is closed.
 */
export function watchReader(gone: () => void): void {
  const libc = isPipe() ? loadLibc() : null;
  if (libc === null) return;
  const timer = setInterval(() => {
    if (libc.waitForAny([1], 0) <= 0) return;
    clearInterval(timer);
    gone();
  }, period);
  timer.unref();
}
