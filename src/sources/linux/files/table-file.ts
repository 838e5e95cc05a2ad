import { closeSync, openSync, readSync } from 'node:fs';
import type { TableFile, TableHints } from '../proc/proc.ts';
import { kernelReads, type Read } from './kernel-reads.ts';
import { openPlain } from './plain-file.ts';
import { type ReadThread, startReading } from './read-thread.ts';

/**
 * Opens a table of the kernel. Half of the time for a big one is spent in the kernel, which makes the text as it is
 * read: then a thread reads ahead while the text is parsed and printed.
 */
export function openTableFile(path: string, hints: TableHints): TableFile {
  return tableOf(openSync(path, 'r'), hints);
}

/** The same with an open descriptor, which is closed with the table. */
export function tableOf(
  fd: number,
  { isBig, longestLine }: TableHints,
  close = closeSync,
): TableFile {
  const thread = isBig ? startReading({ fd, longestLine }) : null;
  const read = kernelReads(fd, longestLine);
  return {
    read: thread === null ? read : helpedReads(fd, thread, read),
    close() {
      thread?.stop();
      close(fd);
    },
  };
}

/** A table in a folder that anybody may have made: a regular file, read to its end. */
export function openPlainTable(path: string): TableFile {
  const fd = openPlain(path);
  return { read: kernelReads(fd), close: () => closeSync(fd) };
}

/**
 * Takes bytes from a thread, and reads by itself (`read`) where that gives none. A thread that died may have read
 * what it never handed over: that is read again.
 */
export function helpedReads(fd: number, thread: ReadThread, read: Read): Read {
  let had = 0;
  return (buffer, offset) => {
    const got =
      thread.read(buffer, offset) ??
      (thread.isLost
        ? readSync(fd, buffer, offset, buffer.length - offset, had)
        : read(buffer, offset));
    had += got;
    return got;
  };
}
