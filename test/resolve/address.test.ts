import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressBytes, mappedIPv4, reverseName } from '../../src/resolve/address.ts';

const zeros = (count: number) => new Array<number>(count).fill(0);

describe('addressBytes', () => {
  it.each([
    ['IPv4', '192.0.2.7', [192, 0, 2, 7]],
    ['any', '0.0.0.0', [0, 0, 0, 0]],
    ['IPv6 any', '::', zeros(16)],
    ['IPv6 loopback', '::1', [...zeros(15), 1]],
    ['a gap at the end', '2001:db8::', [0x20, 1, 0x0d, 0xb8, ...zeros(12)]],
    ['a gap for one group', '1::3:4:5:6:7:8', [0, 1, 0, 0, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]],
    ['upper case and leading zeros', '2001:0DB8::0001', [0x20, 1, 0x0d, 0xb8, ...zeros(11), 1]],
    ['all groups', '1:2:3:4:5:6:7:8', [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]],
    ['IPv4-mapped', '::ffff:192.0.2.7', [...zeros(10), 255, 255, 192, 0, 2, 7]],
    [
      'IPv4 tail after groups',
      '64:ff9b::192.0.2.7',
      [0, 0x64, 0xff, 0x9b, ...zeros(8), 192, 0, 2, 7],
    ],
  ])('%s', (_, text, bytes) => {
    expect(addressBytes(text)).toEqual(bytes);
  });

  it.each([
    ['empty', ''],
    ['a name', 'localhost'],
    ['a leading zero', '192.0.2.05'],
    ['three parts', '192.0.2'],
    ['five parts', '192.0.2.1.1'],
    ['a byte too big', '192.0.2.256'],
    ['a lone colon', ':'],
    ['two gaps', '1::2::3'],
    ['three colons', ':::1'],
    ['nine groups', '1:2:3:4:5:6:7:8:9'],
    ['eight groups and a gap', '1:2:3:4::5:6:7:8'],
    ['too few groups', '1:2:3'],
    ['a group too long', '2001:00db8::1'],
    ['no hexadecimal', '2001:db8::g'],
    ['a zone', 'fe80::1%eth0'],
    ['brackets', '[::1]'],
    ['IPv4 in the middle', '::192.0.2.1:1'],
    ['IPv4 before a gap', '192.0.2.1::'],
    ['a trailing colon', '1:2:3:4:5:6:7:'],
  ])('takes no %s', (_, text) => {
    expect(addressBytes(text)).toBeNull();
  });

  it('agrees with the platform on what is an address, and never throws', () => {
    fc.assert(fc.property(fc.ipV4(), (text) => addressBytes(text)?.length === 4));
    fc.assert(fc.property(fc.ipV6(), (text) => addressBytes(text)?.length === 16));
    const characters = fc.constantFrom(...'0159af:.%x');
    fc.assert(
      fc.property(fc.string({ unit: characters, maxLength: 40 }), (text) => {
        const bytes = addressBytes(text);
        expect(bytes === null || [4, 16].includes(bytes.length)).toBe(true);
      }),
    );
  });
});

describe('mappedIPv4', () => {
  it.each([
    ['::ffff:192.0.2.7', [192, 0, 2, 7]],
    ['::192.0.2.7', null],
    ['192.0.2.7', null],
    ['::1', null],
  ])('%s', (text, inside) => {
    expect(mappedIPv4(addressBytes(text) ?? [])).toEqual(inside);
  });
});

describe('reverseName', () => {
  it.each([
    ['192.0.2.7', '7.2.0.192.in-addr.arpa'],
    ['::ffff:192.0.2.7', '7.2.0.192.in-addr.arpa'],
    ['::192.0.2.7', '7.2.0.192.in-addr.arpa'],
    ['2001:db8::1', `1.${'0.'.repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`],
    ['fe80::', `${'0.'.repeat(29)}8.e.f.ip6.arpa`],
    ['100::7', `7.${'0.'.repeat(29)}1.0.ip6.arpa`],
    ['::1', `1.${'0.'.repeat(31)}ip6.arpa`],
    ['::1:0:0', `${'0.'.repeat(8)}1.${'0.'.repeat(23)}ip6.arpa`],
  ])('%s', (text, name) => {
    expect(reverseName(addressBytes(text) ?? [])).toBe(name);
  });
});
