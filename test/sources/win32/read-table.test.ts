import { describe, expect, test } from 'vitest';
import { NetstatError } from '../../../src/errors.ts';
import { readTable } from '../../../src/sources/win32/read-table.ts';
import { fill, table, tcp4 } from './fake-windows.ts';

const rows = (count: number) => table(Array<Buffer>(count).fill(tcp4({ state: 2 })));

describe('readTable', () => {
  test('a table that fits is read with one call', () => {
    const sizes: number[] = [];
    const answer = readTable('Get', (buffer) => {
      sizes.push(buffer.length);
      return fill(buffer, rows(3));
    });
    expect(sizes).toHaveLength(1);
    expect(answer?.readUInt32LE(0)).toBe(3);
  });

  test('a table that grows between the calls is asked for until it fits', () => {
    let count = 5_000;
    const sizes: number[] = [];
    const answer = readTable('Get', (buffer) => {
      sizes.push(buffer.length);
      const filled = fill(buffer, rows(count));
      if (sizes.length < 4) count *= 3;
      return filled;
    });
    expect(answer?.readUInt32LE(0)).toBe(count);
    expect(sizes.length).toBeGreaterThan(2);
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
  });

  test('an empty table that Windows reports as too small a buffer of 4 bytes', () => {
    let first = true;
    const answer = readTable('Get', (buffer) => {
      if (!first) return fill(buffer, rows(0));
      first = false;
      return { status: 122, size: 4 };
    });
    expect(answer?.readUInt32LE(0)).toBe(0);
  });

  test('a call that always reports a too small buffer ends with an error', () => {
    let calls = 0;
    expect(() =>
      readTable('GetExtendedTcpTable', () => {
        calls++;
        return { status: 122, size: 2 ** 32 - 1 };
      }),
    ).toThrow(/^GetExtendedTcpTable keeps requesting a larger buffer/);
    expect(calls).toBeLessThan(20);
  });

  test('no data is an empty table; not supported is none', () => {
    expect(readTable('Get', () => ({ status: 232, size: 0 }))?.readUInt32LE(0)).toBe(0);
    expect(readTable('Get', () => ({ status: 50, size: 0 }))).toBeNull();
  });

  test.each([5, 8, 87, 1314])(
    'error %i names the call, the code and where to look it up',
    (code) => {
      const read = () => readTable('GetExtendedUdpTable', () => ({ status: code, size: 0 }));
      expect(read).toThrow(NetstatError);
      expect(read).toThrow(
        `GetExtendedUdpTable failed with Windows error ${code}; "net helpmsg ${code}" explains it`,
      );
    },
  );
});
