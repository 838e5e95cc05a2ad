import { readSync } from 'node:fs';

/** Reads at most the rest of `buffer` from `offset` on. Returns the bytes read; 0 at the end. */
export type Read = (buffer: Uint8Array, offset: number) => number;

/** The kernel makes a table's text a page at a time (fs/seq_file.c); pages have at least this size. */
const page = 4096;

/**
 * Whether a read of `got` bytes was a table's last: it ended although there was room for another line, both in the
 * kernel's page and in the buffer's `room`. `longestLine`: the longest line in bytes. Waiting for a read that
 * returns nothing would make the kernel walk all buckets of TCP connections once more, which takes milliseconds.
 */
export function isLastRead(got: number, room: number, longestLine: number): boolean {
  return got + longestLine <= Math.min(page, room);
}

/** Reads a file of /proc from its descriptor's position; `longestLine` as in `isLastRead`. */
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
