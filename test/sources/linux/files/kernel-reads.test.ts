import { closeSync, openSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLastRead, kernelReads } from '../../../../src/sources/linux/files/kernel-reads.ts';
import { withFile } from '../support/temporary-file.ts';

describe('isLastRead', () => {
  it.each([
    ['room for another line in the page and in the buffer', 3584, 65_536, 512, true],
    ['no room for one in the page', 3585, 65_536, 512, false],
    ['no room for one in the buffer', 100, 611, 512, false],
    ['just room for one in the buffer', 100, 612, 512, true],
    ['nothing', 0, 65_536, 512, true],
    ['something, of lines as long as a page', 1, 65_536, 4096, false],
  ])('%s', (_, got, room, longestLine, last) => {
    expect(isLastRead(got, room, longestLine)).toBe(last);
  });

  it('is never true of a page that ended because the next line did not fit', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 512 }), { maxLength: 100 });
    fc.assert(
      fc.property(lengths, (lines) => {
        // seq_file: lines go into a page until one does not fit, which then begins the next read.
        let filled = 0;
        for (const line of lines) {
          if (filled + line > 4096) {
            expect(isLastRead(filled, 65_536, 512)).toBe(false);
            filled = 0;
          }
          filled += line;
        }
      }),
    );
  });
});

describe('kernelReads', () => {
  const readAll = (fd: number, longestLine: number | undefined, room: number): string => {
    const read = kernelReads(fd, longestLine);
    const parts: Buffer[] = [];
    for (;;) {
      const buffer = Buffer.alloc(room);
      const got = read(buffer, 0);
      if (got === 0) return Buffer.concat(parts).toString();
      parts.push(buffer.subarray(0, got));
    }
  };

  it.each([0, 1, 100, 511, 512, 3584, 4095, 4096, 4097, 70_000])('reads %i bytes', async (size) => {
    const text = `${'line of a table\n'.repeat(size / 16 + 1)}`.slice(0, size);
    await withFile(text, (path) => {
      for (const longestLine of [undefined, 512]) {
        for (const room of [600, 8192, 65_536]) {
          const fd = openSync(path, 'r');
          expect(readAll(fd, longestLine, room)).toBe(text);
          closeSync(fd);
        }
      }
    });
  });

  it('does not read again behind the last read', async () => {
    await withFile('one line\n', (path) => {
      const fd = openSync(path, 'r');
      const read = kernelReads(fd, 512);
      expect(read(Buffer.alloc(8192), 0)).toBe(9);
      closeSync(fd);
      expect(read(Buffer.alloc(8192), 0)).toBe(0);
    });
  });
});
