import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readWhole } from '../../../../src/sources/linux/files/whole-file.ts';
import { withFile } from '../support/temporary-file.ts';

describe('readWhole', () => {
  it.each([0, 1, 16_383, 16_384, 16_385, 32_768, 100_001])('reads %i bytes', async (size) => {
    const bytes = Buffer.from(Array.from({ length: size }, (_, at) => (at * 7) & 255));
    await withFile(bytes, (path) => {
      expect(readWhole(path).equals(bytes)).toBe(true);
    });
  });

  it('gives bytes that the next one leaves alone', async () => {
    await withFile('first', async (path) => {
      const first = readWhole(path);
      await withFile('other', (other) => readWhole(other));
      expect(first.toString()).toBe('first');
    });
  });

  it.skipIf(process.platform !== 'linux')('reads files that do not report their size', () => {
    expect(readWhole('/proc/self/cmdline')).toEqual(readFileSync('/proc/self/cmdline'));
  });

  it('throws what opening or reading gives', () => {
    expect(() => readWhole('/nowhere/to/be/found')).toThrow('ENOENT');
    expect(() => readWhole('/')).toThrow('EISDIR');
  });
});
