import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs';
import { stale } from '../errno-name.ts';
import { errnoOf } from '../proc/proc.ts';

/** A file that leads to a network namespace, and the number that the namespace must have. */
export interface Door {
  readonly file: string;
  readonly inode: number;
}

/** EIO of <errno.h>, negated. */
export const ioError = -5;

/** Opens a door for setns(2): its descriptor; negative: an errno, negated. `stale`: it now leads to another namespace. */
export function openDoor({ file, inode }: Door): number {
  return numbered(() => {
    // The file may have been replaced, by a FIFO for example: opening must not block.
    const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const isRight = numbered(() => Number(fstatSync(fd).ino === inode)) === 1;
    if (!isRight) closeSync(fd);
    return isRight ? fd : stale;
  });
}

/** Whether the calling thread is in the network namespace of that number. */
export function isIn(inode: number): boolean {
  return statSync('/proc/thread-self/ns/net').ino === inode;
}

/**
 * The path of a file of the namespace that the calling thread is in, or of a setting there: the kernel shows each thread
 * the settings of its own.
 */
export function pathInside(path: string): string {
  return path.startsWith('sys/') ? `/proc/${path}` : `/proc/thread-self/${path}`;
}

/** What a task returns; if it throws an error of the system, that errno, negated. */
export function numbered(task: () => number): number {
  try {
    return task();
  } catch (error) {
    const { errno } = error as { errno?: unknown };
    return errnoOf(error) !== '' && typeof errno === 'number' && errno < 0 ? errno : ioError;
  }
}
