import { SocketAddress } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ipv4TextAt, ipv6TextAt } from '../../../src/sources/win32/address.ts';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

describe('IPv6 text', () => {
  test.each([
    ['any', '00000000 00000000 00000000 00000000', '::'],
    ['loopback', '00000000 00000000 00000000 00000001', '::1'],
    ['link-local', 'fe800000 00000000 00000000 00000001', 'fe80::1'],
    ['the longest run of zeros', '20010000 00000001 00000000 00000001', '2001:0:0:1::1'],
    ['the first of two runs', '20010db8 00000000 00010000 00000001', '2001:db8::1:0:0:1'],
    ['one zero group stays', '20010db8 00000001 00010001 00010001', '2001:db8:0:1:1:1:1:1'],
    ['zeros at the end', '20010db8 00000000 00000000 00000000', '2001:db8::'],
    ['no zeros', '20010db8 00010002 00030004 00050006', '2001:db8:1:2:3:4:5:6'],
    ['IPv4-mapped', '00000000 00000000 0000ffff c0000207', '::ffff:192.0.2.7'],
    ['IPv4-compatible', '00000000 00000000 00000000 c0000207', '::192.0.2.7'],
    ['leading zeros of a group', '000a0b00 00c0000d 000e000f 00010002', 'a:b00:c0:d:e:f:1:2'],
  ])('%s', (_name, hex, text) => {
    expect(ipv6TextAt(bytes(hex), 0)).toBe(text);
  });

  test('any sixteen bytes: what Node reads as the same address and prints alike', () => {
    const octet = fc.oneof(fc.constant(0), fc.nat(255));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.array(octet), (raw, some) => {
        const address = Buffer.from(raw);
        address.set(some.slice(0, 16));
        const text = ipv6TextAt(address, 0);
        expect(new SocketAddress({ address: text, family: 'ipv6' }).address).toBe(text);
      }),
    );
  });
});

test('IPv4 text, at an offset', () => {
  expect(ipv4TextAt(bytes('ffff c0000207'), 2)).toBe('192.0.2.7');
});
