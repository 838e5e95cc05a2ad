import { closeSync, openSync, readSync } from 'node:fs';

/** Large enough for nearly every file of /proc. */
const scratch = Buffer.allocUnsafeSlow(16 * 1024);
/** For beginnings of files: a buffer of its own for each takes a page fault or more. */
let room = scratch;

/**
 * A file of /proc as a whole. Node's own `readFileSync` takes twice as long, since these files do not report their
 * size.
 */
export function readWhole(path: string): Buffer {
  return wholeOf(openSync(path, 'r'));
}

/** The same with an open descriptor, which is then closed. */
export function wholeOf(fd: number, close = closeSync): Buffer {
  try {
    return readRest(fd);
  } finally {
    close(fd);
  }
}

/** At most the first `most` bytes, in one read, which for a file in /proc returns all that is there. */
export function readBeginning(path: string, most: number): Buffer {
  return beginningOf(openSync(path, 'r'), most);
}

/** The same with an open descriptor, which is then closed. */
export function beginningOf(fd: number, most: number, close = closeSync): Buffer {
  try {
    if (room.length < most) room = Buffer.allocUnsafeSlow(most);
    return Buffer.from(room.subarray(0, readSync(fd, room, 0, most, null)));
  } finally {
    close(fd);
  }
}

function readRest(fd: number): Buffer {
  const parts: Buffer[] = [];
  for (let filled = 0; ; ) {
    const got = readSync(fd, scratch, filled, scratch.length - filled, null);
    filled += got;
    if (got > 0 && filled < scratch.length) continue;
    parts.push(Buffer.from(scratch.subarray(0, filled)));
    if (got === 0) return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
    filled = 0;
  }
}
