import { readSync } from 'node:fs';
import { blockFor } from './steady-clock.ts';

/** Milliseconds before a pipe without data is looked at again; nothing signals that there is some. */
const writerDelay = 5;

/** Reads what a file or a pipe has, and waits for data, also on a pipe that is non-blocking; 0: the end. */
export function readSome(fd: number, into: Buffer): number {
  for (;;) {
    try {
      return readSync(fd, into);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Windows reports the end of a pipe so.
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      blockFor(writerDelay);
    }
  }
}
