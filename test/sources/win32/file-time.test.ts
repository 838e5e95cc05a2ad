import { describe, expect, test } from 'vitest';
import { fileTimeText } from '../../../src/sources/win32/file-time.ts';

describe('a FILETIME', () => {
  test.each([
    ['the beginning of 1970', 116_444_736_000_000_000n, '1970-01-01T00:00:00.000Z'],
    // Microsoft, "Converting a time_t Value to a File Time": 10,000,000 a second from 1601 on.
    ['a second later', 116_444_736_010_000_000n, '1970-01-01T00:00:01.000Z'],
    ['a time of our days', 133_851_744_001_234_567n, '2025-02-28T00:00:00.123Z'],
    ['what is below a millisecond is cut', 116_444_736_000_019_999n, '1970-01-01T00:00:00.001Z'],
    ['0: not known', 0n, null],
    ['before 1970', 116_444_735_999_999_999n, null],
    ['below zero', -1n, null],
    ['the last of four digits', 2_650_467_743_999_999_999n, '9999-12-31T23:59:59.999Z'],
    ['beyond', 2_650_467_744_000_000_000n, null],
    ['the largest there is', 2n ** 63n - 1n, null],
  ])('%s', (_, ticks, text) => {
    expect(fileTimeText(ticks)).toBe(text);
  });
});
