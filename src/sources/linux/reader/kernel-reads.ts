import { readSync } from 'node:fs';

/** Reads at most the rest of `buffer` from `offset` on. Returns the bytes read; 0 at the end. */
export type Read = (buffer: Uint8Array, offset: number) => number;

/** The kernel makes a table's text a page at a time (fs/seq_file.c); pages are of this size or larger. */
const page = 4096;

/**
 * Whether a read of `got` bytes was a table's last: it ended though there was room for another line,
 * in the kernel's page as in the buffer's `room`. `longestLine`: no line is longer, in bytes.
 * To be told so by a read that returns nothing would have the kernel look into every bucket of all TCP
 * connections once more, which takes milliseconds.
 */
export function isLastRead(got: number, room: number, longestLine: number): boolean {
  return got + longestLine <= Math.min(page, room);
}

/** Reads a file of /proc from where its descriptor stands; `longestLine` as `isLastRead` has it. */
export function kernelReads(fd: number, longestLine = page): Read {
  let ended = false;
  return (buffer, offset) => {
    if (ended) return 0;
    const room = buffer.length - offset;
    const got = readSync(fd, buffer, offset, room, null);
    ended = isLastRead(got, room, longestLine);
    return got;
  };
}
