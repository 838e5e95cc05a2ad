import { closeSync, openSync, readSync } from 'node:fs';
import type { TableFile } from '../proc.js';
import { startReading } from './read-thread.js';

/**
 * A table of the kernel's. Half of the time that a big one takes passes in the kernel, which makes its
 * text as it is read: a thread reads ahead then, while what it has read is parsed and printed.
 */
export function openTableFile(path: string, isBig: boolean): TableFile {
  const fd = openSync(path, 'r');
  const thread = isBig ? startReading(fd) : null;
  return {
    read: (buffer, offset) =>
      thread?.read(buffer, offset) ?? readSync(fd, buffer, offset, buffer.length - offset, null),
    close() {
      thread?.stop();
      closeSync(fd);
    },
  };
}
