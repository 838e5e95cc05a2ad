import { describe, expect, it } from 'vitest';
import { parseRoutes } from '../../../src/sources/darwin/routes.ts';

const withL = 'Destination Gateway Flags Refs Use Mtu Netif Expire';
const parse = (family: 'inet' | 'inet6', header: string, ...rows: string[]) =>
  parseRoutes(
    `Routing tables\n\n${family === 'inet' ? 'Internet' : 'Internet6'}:\n${header}\n${rows.join('\n')}\n`,
    'netstat',
  );

describe('forms of the header', () => {
  it.each([
    ['-l', withL, '192.0.2 link#4 UCS 1 2 1500 en0 !', { refCount: 1, useCount: 2, mtu: 1500 }],
    ['-l, no MTU', withL, '192.0.2 link#4 UCS 1 2 en0 77', { refCount: 1, useCount: 2, mtu: null }],
    [
      '-l with RT_IFA',
      'Destination Gateway RT_IFA Flags Refs Use Mtu Netif Expire',
      '192.0.2 link#4 192.0.2.5 UCS 1 2 1500 en0',
      { refCount: 1, useCount: 2, mtu: 1500 },
    ],
    [
      'up to 10.14',
      'Destination Gateway Flags Refs Use Netif Expire',
      '192.0.2 link#4 UCS 1 2 en0 !',
      { refCount: 1, useCount: 2, mtu: null },
    ],
    [
      'from 10.15',
      'Destination Gateway Flags Netif Expire',
      '192.0.2 link#4 UCS en0 1200',
      { refCount: null, useCount: null, mtu: null },
    ],
  ])('%s', (_, header, row, facts) => {
    const { rows, warnings } = parse('inet', header, row);
    expect(warnings).toEqual([]);
    expect(rows).toMatchObject([{ ...facts, interface: 'en0', flags: 'UCS', gateway: null }]);
  });

  it.each([
    ['an unknown column', `${withL} Colour`],
    ['another order', 'Gateway Destination Flags Netif'],
    ['no interface', 'Destination Gateway Flags'],
  ])('%s is an error that shows it', (_, header) => {
    expect(() => parse('inet', header)).toThrow(header);
  });
});

describe('destinations', () => {
  it.each([
    ['inet', 'default', 'UGSc', '0.0.0.0', 0],
    ['inet', '127', 'UCS', '127.0.0.0', 8],
    ['inet', '169.254', 'UCS', '169.254.0.0', 16],
    ['inet', '192.0.2', 'UCS', '192.0.2.0', 24],
    ['inet', '10.8/24', 'UCS', '10.8.0.0', 24],
    ['inet', '10.1.128/17', 'UCS', '10.1.128.0', 17],
    ['inet', '192.168.0/16', 'UCS', '192.168.0.0', 16],
    ['inet', '0/1', 'UCS', '0.0.0.0', 1],
    ['inet', '224.0.0/4', 'UmCS', '224.0.0.0', 4],
    ['inet', '192.0.2.7', 'UH', '192.0.2.7', 32],
    ['inet', '192.0.2.7/32', 'UCS', '192.0.2.7', 32],
    ['inet6', 'default', 'UGc', '::', 0],
    ['inet6', '::1', 'UHL', '::1', 128],
    ['inet6', 'fe80::1%lo0', 'UHLI', 'fe80::1', 128],
    ['inet6', 'fe80::%lo0/64', 'UCI', 'fe80::', 64],
    ['inet6', '2001:db8::/32', 'UC', '2001:db8::', 32],
    ['inet6', '::/1', 'UCS', '::', 1],
  ] as const)('%s %s', (family, text, flags, destination, prefixLength) => {
    const { rows } = parse(family, withL, `${text}  link#4  ${flags}  0  0  1500  en0`);
    expect(rows).toMatchObject([{ family, destination, prefixLength }]);
  });

  it.each([
    ['inet', '10&0xff00ff00'],
    ['inet', 'host.example'],
    ['inet', '192.0.2.0/33'],
    ['inet', '300.1'],
    ['inet6', '2001:db8::'],
    ['inet6', '2001:db8::/129'],
    ['inet6', '192.0.2.0/24'],
  ] as const)('%s %s is left out with a warning', (family, text) => {
    const { rows, warnings } = parse(family, withL, `${text}  link#4  UCS  0  0  1500  en0`);
    expect(rows).toEqual([]);
    expect(warnings.map(({ code }) => code)).toEqual(['malformed']);
  });
});

describe('gateways', () => {
  it.each([
    ['a hop', '192.0.2.1', 'UGSc', '192.0.2.1'],
    ['an address of one’s own', '192.0.2.1', 'UCS', null],
    ['a link', 'link#4', 'UGSc', null],
    ['an interface', 'utun3', 'UGSc', null],
    ['hardware', '0:0:5e:0:53:1', 'UHLWIi', null],
  ])('%s', (_, text, flags, gateway) => {
    expect(parse('inet', withL, `10.1/16 ${text} ${flags} 0 0 1500 en0`).rows).toMatchObject([
      { gateway },
    ]);
  });

  it('leaves out a route whose gateway is a name', () => {
    expect(parse('inet', withL, '10.1/16 router.example UGSc 0 0 1500 en0').rows).toEqual([]);
  });

  it.each([
    ['destination', 'fe80::b41f:b7ff:fe link#12            UHLI           lo0'],
    ['gateway', 'default            fe80::feae:34ff:fe UGc            en0'],
  ])('leaves out an IPv6 route whose %s may be cut', (_, row) => {
    const { rows, warnings } = parse('inet6', 'Destination Gateway Flags Netif Expire', row);
    expect(rows).toEqual([]);
    expect(warnings.map(({ code }) => code)).toEqual(['malformed']);
  });
});

it.each([
  ['inet', '192.168.100.100/32 link#12            UCS            en0', '192.168.100.100'],
  ['inet6', '2001:db8:100::a:1b                      link#12   UHLI   lo0', '2001:db8:100::a:1b'],
] as const)('keeps what is as long but not cut: %s %s', (family, row, destination) => {
  const { rows } = parse(family, 'Destination Gateway Flags Netif Expire', row);
  expect(rows.map((route) => route.destination)).toEqual([destination]);
});

it('knows each flag’s bit', () => {
  const { rows } = parse('inet', withL, '10.1/16 192.0.2.1 UGHRDMmCXLS12Wc3BbIiYrg 0 0 1500 en0');
  expect(rows[0]?.flagBits.toString(16)).toBe('5dc7df3f');
});

it('returns nothing of other families', () => {
  const text = `Routing tables\n\nProtocol Family 18:\nwhatever\nrows\n`;
  expect(parseRoutes(text, 'netstat')).toEqual({ rows: [], warnings: [] });
});
