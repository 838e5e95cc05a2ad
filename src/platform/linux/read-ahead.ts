import type { Proc, TableFile } from './proc.js';

/** A Proc whose tables can be taken in before they are parsed. */
export interface ReadAhead {
  readonly proc: Proc;
  /**
   * Takes in the rest of the open table and the whole of those of `paths` that are still to come, as
   * they are now. They keep their bytes, some 150 a row, until they are parsed.
   */
  takeIn(paths: readonly string[]): void;
}

const chunkSize = 256 * 1024;

/** The rest of a file, read now and handed out later. */
function inMemory(file: TableFile): TableFile {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const chunk = Buffer.allocUnsafeSlow(chunkSize);
    let filled = 0;
    while (filled < chunkSize) {
      const got = file.read(chunk, filled);
      if (got === 0) break;
      filled += got;
    }
    if (filled > 0) chunks.push(filled < chunkSize ? chunk.subarray(0, filled) : chunk);
    if (filled < chunkSize) break;
  }
  file.close();
  chunks.reverse();
  return {
    read(buffer, offset) {
      const chunk = chunks.pop();
      if (chunk === undefined) return 0;
      const part = chunk.subarray(0, buffer.length - offset);
      buffer.set(part, offset);
      if (part.length < chunk.length) chunks.push(chunk.subarray(part.length));
      return part.length;
    },
    close() {
      chunks.length = 0;
    },
  };
}

export function readAhead(proc: Proc): ReadAhead {
  const opened = new Set<string>();
  const takenIn = new Map<string, TableFile>();
  let current: TableFile | null = null;

  /** A file that can change to its bytes in memory while it is being read. */
  function openTable(path: string): TableFile {
    opened.add(path);
    const file = takenIn.get(path) ?? proc.openTable(path);
    takenIn.delete(path);
    current = file;
    return {
      read: (buffer, offset) => (current ?? file).read(buffer, offset),
      close() {
        (current ?? file).close();
        current = null;
      },
    };
  }

  return {
    proc: { ...proc, openTable },
    takeIn(paths) {
      if (current !== null) current = inMemory(current);
      for (const path of paths) {
        if (opened.has(path)) continue;
        try {
          takenIn.set(path, inMemory(proc.openTable(path)));
        } catch {
          // Whoever opens it will meet the same, and knows what to say.
        }
      }
    },
  };
}
