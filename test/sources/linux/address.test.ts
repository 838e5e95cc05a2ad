import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ipv4Text } from '../../../src/model/address/text.ts';
import { networkOrder, plainIpv6 } from '../../../src/sources/linux/address.ts';

describe('networkOrder', () => {
  it.each([
    ['little-endian', 0x0100007f, true, '127.0.0.1'],
    ['big-endian', 0x7f000001, false, '127.0.0.1'],
    ['highest', 0xffffffff, true, '255.255.255.255'],
    ['sign bit', 0x070200c0, true, '192.0.2.7'],
  ])('IPv4, %s', (_, word, littleEndian, text) => {
    expect(ipv4Text(networkOrder(word | 0, littleEndian))).toBe(text);
  });

  it('swaps back what it swapped', () => {
    fc.assert(
      fc.property(fc.integer(), (word) => {
        expect(networkOrder(networkOrder(word, true), true)).toBe(word | 0);
        expect(networkOrder(word, false)).toBe(word);
      }),
    );
  });
});

it('plainIpv6 reads the same digits on every machine', () => {
  expect(plainIpv6('20010db8000000000000FFFFc0000207')).toBe('2001:db8::ffff:c000:207');
  expect(plainIpv6('00000000000000000000ffffc0000207')).toBe('::ffff:192.0.2.7');
});
