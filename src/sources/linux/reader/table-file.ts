import { closeSync, openSync, readSync } from 'node:fs';
import type { TableFile, TableHints } from '../proc/proc.ts';
import { kernelReads, type Read } from './kernel-reads.ts';
import { openPlain } from './plain-file.ts';
import { type ReadThread, startReading } from './read-thread.ts';

/**
 * A table of the kernel's. Half of the time that a big one takes passes in the kernel, which makes its
 * text as it is read: a thread reads ahead then, while what it has read is parsed and printed.
 */
export function openTableFile(path: string, hints: TableHints): TableFile {
  return tableOf(openSync(path, 'r'), hints);
}

/** The same of one that is open: it is closed with the table. */
export function tableOf(fd: number, { isBig, longestLine }: TableHints): TableFile {
  const thread = isBig ? startReading({ fd, longestLine }) : null;
  const read = kernelReads(fd, longestLine);
  return {
    read: thread === null ? read : helpedReads(fd, thread, read),
    close() {
      thread?.stop();
      closeSync(fd);
    },
  };
}

/** A table out of a folder that anybody may have made: a plain file, read to its end. */
export function openPlainTable(path: string): TableFile {
  const fd = openPlain(path);
  return { read: kernelReads(fd), close: () => closeSync(fd) };
}

/**
 * Takes bytes from a thread, and by itself (`read`) what that does not give. A thread that died may
 * have read what it never handed over: from there on it is read once more.
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
