import { describe, expect, it } from 'vitest';
import {
  scan,
  scanDecimal,
  scanHex,
  scanUnsigned,
  scanWord,
  skipBlanks,
} from '../../../src/sources/linux/scan.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('scanHex', () => {
  it.each([
    ['0A ', 10, 2],
    ['ff:', 255, 2],
    ['FFFFFFFF', 0xffffffff, 8],
    ['FFFFFFFFF', 0xfffffffff, 9],
    ['ffffffffffffffff', 2 ** 64, 16],
    ['', -1, 0],
    ['g', -1, 0],
    ['-1', -1, 0],
    ['00000000000000001', -1, 17],
  ])('%j is %d and ends at %d', (text, value, cursor) => {
    expect(scanHex(bytes(text), 0, text.length)).toBe(value);
    expect(scan.cursor).toBe(cursor);
  });
});

describe('scanDecimal', () => {
  it.each([
    ['0', 0, 1],
    ['42 ', 42, 2],
    ['4294967295', 4294967295, 10],
    ['18446744073709551615', 2 ** 64, 20],
    ['', -1, 0],
    ['-1', -1, 0],
    ['a', -1, 0],
    ['9'.repeat(400), -1, 400],
  ])('%j is %d and ends at %d', (text, value, cursor) => {
    expect(scanDecimal(bytes(text), 0, text.length)).toBe(value);
    expect(scan.cursor).toBe(cursor);
  });

  it('stops at the end it was given', () => {
    expect(scanDecimal(bytes('1234'), 1, 3)).toBe(23);
  });
});

describe('scanUnsigned', () => {
  it.each([
    ['42', 42, 2],
    ['4294967295', 4294967295, 10],
    ['-1', 4294967295, 2],
    ['-2 ', 4294967294, 2],
    ['-0', 0, 2],
    ['-2147483648', 2147483648, 11],
    ['-2147483649', -1, 11],
    ['-', -1, 1],
    ['--1', -1, 1],
    ['', -1, 0],
  ])('%j is %d and ends at %d', (text, value, cursor) => {
    expect(scanUnsigned(bytes(text), 0, text.length)).toBe(value);
    expect(scan.cursor).toBe(cursor);
  });
});

describe('scanWord', () => {
  it.each([
    ['0100007F', 0x0100007f, 8],
    ['ffffffff', -1, 8],
    ['0100007G', 0, -1],
    ['0100007', 0, -1],
  ])('%j', (text, word, cursor) => {
    const value = scanWord(bytes(text), 0, text.length);
    expect(scan.cursor).toBe(cursor);
    if (cursor > 0) expect(value).toBe(word);
  });
});

it('steps over blanks and tabs, and nothing else', () => {
  expect(skipBlanks(bytes(' \t\n'), 0, 3)).toBe(2);
  expect(skipBlanks(bytes('   '), 0, 3)).toBe(3);
});
