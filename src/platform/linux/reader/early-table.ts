import { closeSync, openSync, read } from 'node:fs';
import type { EarlyTable, TableFile, TableHints } from '../proc.js';
import { isLastRead, kernelReads } from './kernel-reads.js';

/** The kernel hands out a table 4 KiB a read. */
const firstRead = 8192;

/**
 * Opens a table and has its first bytes read by another thread while the caller does something else:
 * before the first line of a TCP table can be there, the kernel may look into every bucket of all
 * connections, which takes milliseconds.
 */
export function openEarly(path: string, { longestLine = firstRead }: TableHints): EarlyTable {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    return { opened: () => Promise.reject(error) };
  }
  const bytes = Buffer.allocUnsafeSlow(firstRead);
  const first = new Promise<Uint8Array>((resolve) => {
    // Where this fails, the next read fails at the same place, and tells.
    read(fd, bytes, 0, bytes.length, null, (error, got) =>
      resolve(bytes.subarray(0, error === null ? got : 0)),
    );
  });
  return { opened: async () => startingWith(await first, fd, longestLine) };
}

/** A table of which `first` was read from the descriptor already. */
function startingWith(first: Uint8Array, fd: number, longestLine: number): TableFile {
  const isAll = first.length > 0 && isLastRead(first.length, firstRead, longestLine);
  const read = isAll ? () => 0 : kernelReads(fd, longestLine);
  let rest = first;
  return {
    read(buffer, offset) {
      if (rest.length === 0) return read(buffer, offset);
      const part = rest.subarray(0, buffer.length - offset);
      buffer.set(part, offset);
      rest = rest.subarray(part.length);
      return part.length;
    },
    close: () => closeSync(fd),
  };
}
