import { describe, expect, it } from 'vitest';
import { parseEndpoint } from '../../../src/sources/darwin/endpoint.ts';

const v4 = { ipv6: false, cutAt16: false, columnWidth: null };
const v6 = { ipv6: true, cutAt16: false, columnWidth: null };
const v6Short = { ...v6, cutAt16: true };
const v4WithA = { ...v4, columnWidth: 18 };
const v6WithA = { ...v6Short, columnWidth: 18 };

describe('whole addresses', () => {
  it.each([
    ['IPv4', '192.0.2.7.443', v4, '192.0.2.7', 443, null],
    ['any', '*.*', v4, '0.0.0.0', 0, null],
    ['any address, a port', '*.5353', v6, '::', 5353, null],
    ['IPv6', '::1.631', v6, '::1', 631, null],
    ['a port that is any', '2001:db8::5.*', v6, '2001:db8::5', 0, null],
    ['a zone', 'fe80::1%en0.22', v6, 'fe80::1', 22, 'en0'],
    ['a zone with a dot', 'fe80::1%vlan0.5.22', v6, 'fe80::1', 22, 'vlan0.5'],
    ['IPv4 on a socket that takes both', '192.0.2.5.80', v6, '::ffff:192.0.2.5', 80, null],
    ['mapped', '::ffff:192.0.2.5.80', v6, '::ffff:192.0.2.5', 80, null],
    ['spelled out', '2001:DB8:0:0:0:0:0:5.80', v6, '2001:db8::5', 80, null],
    ['16 characters, with -l', '2001:db8:42::132.80', v6, '2001:db8:42::132', 80, null],
    ['15 characters, without', '2001:db8:42::13.80', v6Short, '2001:db8:42::13', 80, null],
    ['a short one with -A', '*.5353', v4WithA, '0.0.0.0', 5353, null],
  ])('%s: %s', (_, text, form, address, port, zone) => {
    expect(parseEndpoint(text, form)).toEqual({ address, port, zone });
  });
});

describe('cut addresses are marked as cut', () => {
  it.each([
    ['ends in a colon', 'fe80::aede:48ff:.61677', v6Short, 'fe80::aede:48ff:', 61677],
    ['too few groups', '2001:db8:1111:22.62900', v6Short, '2001:db8:1111:22', 62900],
    ['could be whole', '2001:db8:42::132.443', v6Short, '2001:db8:42::132', 443],
    ['cut within the zone', 'fe80::1:2:3:4%en.61678', v6Short, 'fe80::1:2:3:4', 61678],
    ['fills -A', '198.51.100.21.5486', v4WithA, '198.51.100.21', 5486],
    ['IPv6 with -A', '2001:db8:1111:22.5', v6WithA, '2001:db8:1111:22', 5],
    ['a short IPv6 that fills -A', '2001:db8::123.5432', v6WithA, '2001:db8::123', 5432],
    [
      'a zone at the end of 39',
      'fe80::aede:48ff:fe00:1122%abcdefghijklm.22',
      v6,
      'fe80::aede:48ff:fe00:1122',
      22,
    ],
  ])('%s: %s', (_, text, form, address, port) => {
    expect(parseEndpoint(text, form)).toEqual({ address, port, zone: null, cut: true });
  });
});

describe('what is no endpoint', () => {
  it.each([
    ['a name', 'localhost.62823', v4],
    ['a service', '192.0.2.7.https', v4],
    ['no port', '192.0.2.7', v4],
    ['no address', '.80', v4],
    ['a port too large', '192.0.2.7.65536', v4],
    ['IPv6 among IPv4', '::1.80', v4],
    ['an address that cannot be', '192.0.2.256.80', v4],
    ['a name among IPv6', 'localhost.80', v6],
    ['a name of 16 characters', 'build-host.exampl.62979', v6Short],
    ['a word', 'Address', v4],
    ['nothing', '', v4],
  ])('%s: %s', (_, text, form) => {
    expect(parseEndpoint(text, form)).toBeNull();
  });
});
