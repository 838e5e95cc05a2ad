import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prefixTest } from '../../src/model/address/prefix.ts';
import { parsePrefix } from '../../src/select/address.ts';

function inside(prefix: string, address: string): boolean {
  const parsed = parsePrefix(prefix);
  if (parsed === null) throw new Error(`${prefix} is no prefix`);
  return prefixTest(parsed)(address);
}

describe('prefixes', () => {
  it.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['10.0.0.0/8', '::10.1.2.3', false],
    ['10.9.9.9/8', '10.0.0.1', true],
    ['10/8', '10.1.2.3', true],
    ['193.233.7/24', '193.233.7.200', true],
    ['10.0.0.0/255.0.0.0', '10.1.2.3', true],
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3', '10.1.2.30', false],
    ['0.0.0.0/0', '192.0.2.1', true],
    ['0.0.0.0/0', '::ffff:192.0.2.1', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['0.0.0.0', '::', false],
    ['192.0.2.129/31', '192.0.2.128', true],
    ['192.0.2.129/31', '192.0.2.130', false],
    ['::/0', '2001:db8::1', true],
    ['::/0', '::ffff:10.1.2.3', true],
    ['::/0', '10.1.2.3', false],
    ['::ffff:0:0/96', '::ffff:10.1.2.3', true],
    ['::ffff:0:0/96', '10.1.2.3', false],
    ['2001:db8::/33', '2001:db8:7fff::', true],
    ['2001:db8::/33', '2001:db8:8000::', false],
    ['2001:db8::/64', '2001:db8:0:1::', false],
    ['2001:DB8:0::1', '2001:db8::1', true],
    ['fe80::/10', 'febf::1', true],
    ['::/0', 'not an address', false],
  ])('%s and %s: %s', (prefix, address, expected) => {
    expect(inside(prefix, address)).toBe(expected);
  });

  it.each([
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/',
    '10.0.0.0/x',
    '10.0.0.0/255.0.255.0',
    '10',
    '127.1',
    '/8',
    '::/ffff::',
    '10.0.0.0/8/8',
  ])('refuses %s', (text) => {
    expect(parsePrefix(text)).toBeNull();
  });

  it('an address lies in every prefix of itself, and leaves it where a covered bit turns', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.integer({ min: 1, max: 32 }), (value, length) => {
        const dotted = (bits: number) =>
          [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
        const prefix = `${dotted(value)}/${length}`;
        expect(inside(prefix, dotted(value))).toBe(true);
        expect(inside(prefix, dotted((value ^ (1 << (32 - length))) >>> 0))).toBe(false);
      }),
    );
  });
});
