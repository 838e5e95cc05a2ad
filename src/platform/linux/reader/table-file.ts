import { closeSync, openSync } from 'node:fs';
import type { TableFile, TableHints } from '../proc.js';
import { kernelReads } from './kernel-reads.js';
import { openPlain } from './plain-file.js';
import { startReading } from './read-thread.js';

/**
 * A table of the kernel's. Half of the time that a big one takes passes in the kernel, which makes its
 * text as it is read: a thread reads ahead then, while what it has read is parsed and printed.
 */
export function openTableFile(path: string, { isBig, longestLine }: TableHints): TableFile {
  const fd = openSync(path, 'r');
  const thread = isBig ? startReading(fd, longestLine) : null;
  const read = kernelReads(fd, longestLine);
  return {
    read: (buffer, offset) => thread?.read(buffer, offset) ?? read(buffer, offset),
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
