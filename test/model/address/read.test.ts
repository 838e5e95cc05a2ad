import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalAddress,
  isLoopback,
  isPrivate,
  readAddress,
} from '../../../src/model/address/read.ts';

const words = { a: 0, b: 0, c: 0, d: 0 };

function hex(text: string): string | null {
  if (readAddress(text, words) === 0) return null;
  return [words.a, words.b, words.c, words.d]
    .map((word) => word.toString(16).padStart(8, '0'))
    .join('');
}

describe('readAddress', () => {
  it.each([
    ['0.0.0.0', '00000000000000000000ffff00000000'],
    ['192.0.2.7', '00000000000000000000ffffc0000207'],
    ['255.255.255.255', '00000000000000000000ffffffffffff'],
    ['::', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000000000001'],
    ['1::', '00010000000000000000000000000000'],
    ['2001:db8::ff00:42:8329', '20010db8000000000000ff0000428329'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['1:2:3:4:5:6:7::', '00010002000300040005000600070000'],
    ['::2:3:4:5:6:7:8', '00000002000300040005000600070008'],
    ['::ffff:192.0.2.7', '00000000000000000000ffffc0000207'],
    ['::FFFF:c000:207', '00000000000000000000ffffc0000207'],
    ['1:2:3:4:5:6:1.2.3.4', '00010002000300040005000601020304'],
  ])('%s', (text, expected) => {
    expect(hex(text)).toBe(expected);
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '01.2.3.4',
    '1..2.3',
    '1.2.3.4 ',
    ':',
    ':::',
    '1:',
    ':1',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '12345::',
    'g::',
    '::1.2.3',
    '1:2:3:4:5:6:7:1.2.3.4',
    '[::1]',
    '::1%lo',
    'localhost',
  ])('refuses %j', (text) => {
    expect(hex(text)).toBeNull();
  });

  it("agrees with Node's judgement on texts made of addresses' characters", () => {
    const text = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.string({ unit: fc.constantFrom(...'0123456789abcdef::..'), maxLength: 20 }),
    );
    fc.assert(
      fc.property(text, (candidate) => {
        expect(readAddress(candidate, words)).toBe(isIP(candidate));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('canonicalAddress', () => {
  it.each([
    ['the kernel’s full form', '2001:0db8:0000:0000:0000:0000:0000:0010', '2001:db8::10'],
    ['shortened', '2001:db8::0010', '2001:db8::10'],
    ['any', '::', '::'],
    ['a gap at the end', '1::', '1::'],
    ['IPv4', '192.0.2.7', '192.0.2.7'],
    ['mapped, in groups', '0000:0000:0000:0000:0000:ffff:c000:0207', '::ffff:192.0.2.7'],
    ['upper case', 'FE80::1', 'fe80::1'],
  ])('%s', (_, given, text) => {
    expect(canonicalAddress(given)).toBe(text);
  });

  it.each([
    ['', 'nothing'],
    ['7500', 'a number'],
    ['1.2.3', 'three bytes'],
    ['1.2.3.4.5', 'five bytes'],
    ['256.0.0.1', 'a byte too large'],
    ['1.2.3.-4', 'a sign'],
    ['0x1.2.3.4', 'hexadecimal'],
    ['1:2:3:4:5:6:7', 'seven groups'],
    ['1:2:3:4:5:6:7:8:9', 'nine groups'],
    ['1:2:3:4::5:6:7:8', 'a gap of nothing'],
    ['1::2::3', 'two gaps'],
    ['12345::', 'a group too long'],
    ['g::', 'no digit'],
    [':::', 'colons'],
  ])('%j is none: %s', (given) => {
    expect(canonicalAddress(given)).toBeNull();
  });
});

describe('isLoopback', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.255.0.9', true],
    ['::1', true],
    ['::ffff:127.0.0.53', true],
    ['128.0.0.1', false],
    ['0.0.0.0', false],
    ['::', false],
    ['::ffff:0.0.0.1', false],
    ['1::1', false],
    ['0:0:1::1', false],
    ['2001:db8:1234', false],
  ])('%s: %s', (address, expected) => {
    expect(isLoopback(address)).toBe(expected);
  });
});

describe('isPrivate', () => {
  it.each<[string, ...(readonly string[])]>([
    ['RFC 1918', '10.0.0.0', '10.255.255.255', '172.16.0.0', '172.31.255.255', '192.168.7.1'],
    ['of carriers', '100.64.0.0', '100.127.255.255'],
    ['link-local', '169.254.0.1', 'fe80::1', 'febf::1'],
    ['unique local', 'fc00::1', 'fdff::1'],
    ['mapped', '::ffff:10.1.2.3', '::ffff:192.168.0.1'],
  ])('%s', (_, ...all) => {
    expect(all.filter((one) => !isPrivate(one))).toEqual([]);
  });

  it.each<[string, ...(readonly string[])]>([
    ['beside RFC 1918', '9.255.255.255', '11.0.0.0', '172.15.255.255', '172.32.0.0'],
    ['beside its last network', '192.167.255.255', '192.169.0.0'],
    ['beside those of carriers', '100.63.255.255', '100.128.0.0'],
    ['beside link-local ones', '169.253.255.255', '169.255.0.0', 'fe7f::1', 'fec0::1'],
    ['beside unique local ones', 'fbff::1', 'fe00::1'],
    ['loopback, and all', '127.0.0.1', '::1', '0.0.0.0', '::'],
    ['global', '192.0.2.1', '2001:db8::1', '::ffff:192.0.2.1', '::a00:1', '1::ffff:a00:1'],
    ['no address', '10.1', 'localhost'],
  ])('not %s', (_, ...all) => {
    expect(all.filter(isPrivate)).toEqual([]);
  });
});
