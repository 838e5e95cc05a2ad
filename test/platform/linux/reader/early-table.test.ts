import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { TableFile } from '../../../../src/platform/linux/proc.js';
import { openEarly } from '../../../../src/platform/linux/reader/early-table.js';
import { openTableFile } from '../../../../src/platform/linux/reader/table-file.js';
import { withFile } from '../support/temporary-file.js';

function contentOf(file: TableFile, room: number): string {
  const parts: Buffer[] = [];
  for (;;) {
    const buffer = Buffer.alloc(room + 7);
    const got = file.read(buffer, 7);
    if (got === 0) return Buffer.concat(parts).toString();
    parts.push(buffer.subarray(7, 7 + got));
  }
}

describe('openEarly', () => {
  it.each([0, 1, 3584, 3585, 7680, 7681, 8191, 8192, 8193, 100_000])(
    'gives all of %i bytes, whatever room there is for them',
    async (size) => {
      const text = 'line of a table\n'.repeat(size / 16 + 1).slice(0, size);
      await withFile(text, async (path) => {
        for (const room of [100, 4096, 65_536]) {
          const file = await openEarly(path, { longestLine: 512 }).opened();
          expect(contentOf(file, room)).toBe(text);
          file.close();
        }
      });
    },
  );

  it('gives what cannot be opened when asked for it, not before', async () => {
    const early = openEarly('/nowhere/to/be/found', {});
    await expect(early.opened()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('leaves an error of reading to whoever reads', async () => {
    const file = await openEarly('/', {}).opened();
    expect(() => file.read(Buffer.alloc(100), 0)).toThrow('EISDIR');
    file.close();
  });

  it.skipIf(!existsSync('/proc/net/tcp'))('reads what an ordinary reader reads', async () => {
    const path = '/proc/net/protocols';
    const whole = readFileSync(path, 'utf8').length;
    const early = await openEarly(path, { longestLine: 512 }).opened();
    const ordinary = openTableFile(path, { longestLine: 512 });
    expect(contentOf(early, 65_536).length).toBe(whole);
    expect(contentOf(ordinary, 65_536).length).toBe(whole);
    early.close();
    ordinary.close();
  });
});
