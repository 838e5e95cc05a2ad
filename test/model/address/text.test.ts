import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  endText,
  inet6Scope,
  ipv4Text,
  ipv4Word,
  ipv6Text,
  isMulticast,
  netmaskWord,
  unmapped,
} from '../../../src/model/address/text.ts';

function words(digits: string): [number, number, number, number] {
  const word = (at: number) => Number.parseInt(digits.slice(at, at + 8), 16) | 0;
  return [word(0), word(8), word(16), word(24)];
}

describe('ipv6Text', () => {
  it.each([
    // RFC 5952 section 4
    ['no leading zeros', '20010db8000000000000000000000001', '2001:db8::1'],
    ['as short as can be', '20010db8000000000000000000020001', '2001:db8::2:1'],
    ['one zero group stays', '20010db8000000010001000100010001', '2001:db8:0:1:1:1:1:1'],
    ['the longest run', '20010000000000010000000000000001', '2001:0:0:1::1'],
    ['the first of equal runs', '20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
    ['lower case', '2001db80aaaabbbbccccddddeeeeffff', '2001:db80:aaaa:bbbb:cccc:dddd:eeee:ffff'],
    ['a run at the end', '20010db8000000000000000000000000', '2001:db8::'],
    ['a run at the start', '00000000000000000001000200030004', '::1:2:3:4'],
    ['one zero group at the start', '00000001000200030004000500060007', '0:1:2:3:4:5:6:7'],
    ['one zero group at the end', '00010002000300040005000600070000', '1:2:3:4:5:6:7:0'],
    ['any', '00000000000000000000000000000000', '::'],
    ['loopback', '00000000000000000000000000000001', '::1'],
    // IPv4 inside, as the C library prints it
    ['IPv4-mapped', '00000000000000000000ffffc0000207', '::ffff:192.0.2.7'],
    ['IPv4-mapped any', '00000000000000000000ffff00000000', '::ffff:0.0.0.0'],
    ['IPv4-compatible', '000000000000000000000000c0000207', '::192.0.2.7'],
    ['IPv4-compatible, small', '00000000000000000000000000010000', '::0.1.0.0'],
    ['too small to be one', '00000000000000000000000000000002', '::2'],
    ['almost mapped', '0000000000000000ffff000001020304', '::ffff:0:102:304'],
    ['NAT64', '0064ff9b0000000000000000c0000221', '64:ff9b::c000:221'],
    ['sixth group alone', '00000000000000000000000101020304', '::1:102:304'],
  ])('%s: %s is %s', (_, digits, text) => {
    expect(ipv6Text(...words(digits))).toBe(text);
  });

  it('reads back as the same address', () => {
    const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const digits = groups.map((part) => part.toString(16).padStart(4, '0'));
        const text = ipv6Text(...words(digits.join('')));
        expect(isIPv6(text)).toBe(true);
        const hostname = (address: string) => new URL(`http://[${address}]`).hostname;
        expect(hostname(text)).toBe(hostname(digits.join(':')));
        expect(text).not.toMatch(/(^|:)0[0-9a-f]|[A-F]/);
      }),
    );
  });
});

describe('IPv4', () => {
  it('a word is its text, and the text is its word', () => {
    fc.assert(
      fc.property(fc.integer(), (word) => {
        expect(ipv4Word(ipv4Text(word))).toBe(word | 0);
        expect(ipv4Text(word >>> 0)).toBe(ipv4Text(word));
      }),
    );
  });

  it.each([
    [0, '0.0.0.0'],
    [1, '128.0.0.0'],
    [8, '255.0.0.0'],
    [23, '255.255.254.0'],
    [31, '255.255.255.254'],
    [32, '255.255.255.255'],
  ])('/%i is the netmask %s', (length, mask) => {
    expect(ipv4Text(netmaskWord(length))).toBe(mask);
  });
});

describe('inet6Scope', () => {
  it.each([
    ['::1', 'host'],
    ['fe80::1', 'link'],
    ['febf::1', 'link'],
    ['fec0::1', 'site'],
    ['feff::1', 'site'],
    ['fe8::1', 'global'],
    ['fec::1', 'global'],
    ['fd00::1', 'global'],
    ['2001:db8::1', 'global'],
  ])('%s: %s', (address, scope) => {
    expect(inet6Scope(address)).toBe(scope);
  });
});

describe('unmapped', () => {
  it.each([
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::ffff:0:102:304', '::ffff:0:102:304'],
    ['::192.0.2.7', '::192.0.2.7'],
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8::1', '2001:db8::1'],
  ])('%s: %s', (address, shown) => {
    expect(unmapped(address)).toBe(shown);
  });
});

describe('isMulticast', () => {
  it.each([
    ['223.255.255.255', false],
    ['224.0.0.1', true],
    ['239.255.255.250', true],
    ['240.0.0.1', false],
    ['255.255.255.255', false],
    ['::ffff:224.0.0.251', true],
    ['::ffff:192.0.2.1', false],
    ['ff02::1', true],
    ['ff::1', false],
    ['fe80::1', false],
    ['::', false],
  ])('%s: %s', (address, expected) => {
    expect(isMulticast(address)).toBe(expected);
  });
});

describe('endText', () => {
  it.each([
    ['127.0.0.1:80', { address: '127.0.0.1', zone: null, port: 80 }],
    ['[::1]:80', { address: '::1', zone: null, port: 80 }],
    // Servers at one address of two links are two.
    ['[fe80::1%en0]:80', { address: 'fe80::1', zone: 'en0', port: 80 }],
  ])('%s', (shown, end) => {
    expect(endText(end)).toBe(shown);
  });
});
