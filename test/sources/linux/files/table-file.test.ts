import { closeSync, openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kernelReads, type Read } from '../../../../src/sources/linux/files/kernel-reads.ts';
import type { ReadThread } from '../../../../src/sources/linux/files/read-thread.ts';
import { helpedReads, openTableFile } from '../../../../src/sources/linux/files/table-file.ts';
import { withFile } from '../support/temporary-file.ts';

const text = 'line of a table\n'.repeat(1000);

function contentOf(read: Read): string {
  const parts: Buffer[] = [];
  for (;;) {
    const buffer = Buffer.alloc(1000);
    const got = read(buffer, 7);
    if (got === 0) return Buffer.concat(parts).toString();
    parts.push(buffer.subarray(7, 7 + got));
  }
}

/** A thread that hands over so many pieces of 100 bytes, and then gives up. */
function threadOf(fd: number, pieces: number, end: { died: boolean }): ReadThread {
  const read = kernelReads(fd);
  let given = 0;
  return {
    read(buffer, offset) {
      if (given++ < pieces) return read(buffer.subarray(0, offset + 100), offset);
      // Read, and never handed over.
      if (end.died && given === pieces + 1) read(Buffer.alloc(333), 0);
      return null;
    },
    get isLost() {
      return end.died && given > pieces;
    },
    stop: () => {},
  };
}

describe('a table that a thread reads ahead', () => {
  it.each([
    ['never gets ready', 0, false],
    ['fails', 7, false],
    ['dies before its first piece', 0, true],
    ['dies with what it had read', 7, true],
  ])('is read whole where the thread %s', async (_, pieces, died) => {
    await withFile(text, (path) => {
      const fd = openSync(path, 'r');
      expect(contentOf(helpedReads(fd, threadOf(fd, pieces, { died }), kernelReads(fd)))).toBe(
        text,
      );
      closeSync(fd);
    });
  });

  it('is read completely if no thread is available', async () => {
    await withFile(text, (path) => {
      // The worker's file lies beside the built program, not here.
      const file = openTableFile(path, { isBig: true });
      expect(contentOf(file.read)).toBe(text);
      file.close();
    });
  });
});
