import { describe, expect, it } from 'vitest';
import { parseInterfaces } from '../../../src/sources/darwin/interfaces.ts';

const header = [
  'Name'.padEnd(14),
  'Mtu  ',
  'Network'.padEnd(39),
  'Address'.padEnd(39),
  '   Ipkts Ierrs     Ibytes    Opkts Oerrs     Obytes  Coll Drop',
].join(' ');
const counts = '1 2 3 4 5 6 7 8';
const line = (name: string, network: string, address = '', numbers = counts) =>
  `${name.padEnd(14)} 1500  ${network.padEnd(39)} ${address.padEnd(39)} ${numbers}`;
const addressCounts = '1 - 3 4 - 6 - -';
const parse = (...lines: string[]) => parseInterfaces([header, ...lines].join('\n'), 'netstat');

it('puts each counter in its place', () => {
  const { rows } = parse(line('en0', '<Link#4>', '00:00:5e:00:53:06'));
  expect(rows).toMatchObject([
    {
      name: 'en0',
      index: 4,
      mtu: 1500,
      hardwareAddress: '00:00:5e:00:53:06',
      received: { packets: 1n, errors: 2n, bytes: 3n, dropped: null },
      sent: { packets: 4n, errors: 5n, bytes: 6n, dropped: 8n },
      collisions: 7n,
    },
  ]);
});

it('keeps every digit of a counter, and takes no more than 64 bits for one', () => {
  const counts = '9007199254740993 0 18446744073709551615 4 5 6 7 8';
  const { rows } = parse(line('en0', '<Link#4>', '', counts));
  expect(rows[0]?.received).toMatchObject({
    packets: 9007199254740993n,
    bytes: 18446744073709551615n,
  });
  const { warnings } = parse(line('en0', '<Link#4>', '', counts.replace('0', '1'.repeat(21))));
  expect(warnings).toMatchObject([{ code: 'malformed' }]);
});

it('recognizes by its star an interface that is down', () => {
  const { rows } = parse(
    line('gif0*', '<Link#2>'),
    line('gif0*', '192.0.2', '192.0.2.9', addressCounts),
  );
  expect(rows).toMatchObject([{ name: 'gif0', flags: [], flagBits: 0, addresses: [{}] }]);
});

it.each([
  ['lo0', '', 'Local Loopback', null, ['UP', 'LOOPBACK'], 9],
  ['lo0*', '', 'Local Loopback', null, ['LOOPBACK'], 8],
  ['en0', '00:00:5e:00:53:06', 'Ethernet', '00:00:5e:00:53:06', ['UP'], 1],
  // FireWire's is longer.
  ['fw0', '00:00:5e:00:53:06:aa:bb', null, '00:00:5e:00:53:06:aa:bb', ['UP'], 1],
  ['utun0', '', null, null, ['UP'], 1],
  ['lowpan0', '', null, null, ['UP'], 1],
  ['en1', 'host.example', null, null, ['UP'], 1],
] as const)(
  '%s with %j is of type %s',
  (name, hardware, linkType, hardwareAddress, flags, bits) => {
    const { rows } = parse(line(name, '<Link#4>', hardware));
    expect(rows).toMatchObject([{ linkType, hardwareAddress, flags, flagBits: bits }]);
    // netstat does not report these.
    expect(rows).toMatchObject([
      { txQueueLength: null, multicast: null, compressedReceived: null, compressedSent: null },
    ]);
  },
);

describe('addresses in columns that may be too narrow, as without -l', () => {
  const narrowLine = (network: string, address: string) =>
    `en0   1500  ${network.padEnd(11)} ${address.padEnd(15)}  ${addressCounts}`;
  it.each([
    ['192.168.10', '192.168.10.200', true],
    ['192.168.1/25', '192.168.1.100', true],
    // 198.51.100.128/25
    ['198.51.100.12', '198.51.100.130', false],
    ['::1/128', '::1', true],
    ['fe80::/64', 'fe80:4::aaaa:1ab', true],
    ['fe80::/64', 'fe80:4::aaaa:12ab', false],
    ['fe80::1%lo0', 'fe80:1::1', false],
  ])('%s %s: whole %s', (network, address, isWhole) => {
    const { rows, warnings } = parse(line('en0', '<Link#4>'), narrowLine(network, address));
    expect(rows[0]?.addresses).toHaveLength(isWhole ? 1 : 0);
    expect(warnings.map(({ message }) => message)).toEqual(
      isWhole ? [] : [expect.stringContaining('truncated and left out')],
    );
  });

  it.each([
    ['198.51.100.0/26', '198.51.100.5'],
    ['fe80::1%en0/64', 'fe80:4::aaaa:12ab'],
  ])('are whole where the columns are wide: %s %s', (network, address) => {
    const { rows, warnings } = parse(
      line('en0', '<Link#4>'),
      line('en0', network, address, addressCounts),
    );
    expect([rows[0]?.addresses.length, warnings]).toEqual([1, []]);
  });
});

describe('addresses', () => {
  it.each([
    ['by class', '192.0.2', '192.0.2.5', '192.0.2.5', 24, null],
    ['with a length', '198.51.100.0/26', '198.51.100.5', '198.51.100.5', 26, null],
    ['loopback', '::1/128', '::1', '::1', 128, 'host'],
    ['with the index inside', 'fe80::1%en0/64', 'fe80:4::1', 'fe80::1', 64, 'link'],
    ['a large index', 'fe80::1%en0/64', 'fe80:1f::a:b', 'fe80::a:b', 64, 'link'],
    ['with a zone', 'fe80::1%en0/64', 'fe80::1%en0', 'fe80::1', 64, 'link'],
    ['site', 'fec0::/10', 'fec0::1', 'fec0::1', 10, 'site'],
    ['global', '2001:db8::/64', '2001:db8::5', '2001:db8::5', 64, 'global'],
  ])('%s', (_, network, text, address, prefixLength, scope) => {
    const { rows, warnings } = parse(
      line('en0', '<Link#4>'),
      line('en0', network, text, addressCounts),
    );
    expect(warnings).toEqual([]);
    expect(rows[0]?.addresses).toMatchObject([{ address, prefixLength, scope }]);
  });
});

it('reads a counter below zero as not reported, as it does a dash', () => {
  const { rows, warnings } = parse(line('en0', '<Link#4>', '', '1 2 3 4 5 6 7 -1'));
  expect(rows).toMatchObject([{ collisions: 7n, sent: { bytes: 6n, dropped: null } }]);
  expect(warnings).toEqual([]);
});

describe('what cannot be read is left out with a warning', () => {
  it.each([
    ['a name for an address', line('en0', '192.0.2', 'host.example', addressCounts)],
    ['another interface’s address', line('en7', '192.0.2', '192.0.2.5', addressCounts)],
    ['a counter too few', line('en0', '192.0.2', '192.0.2.5', '1 2 3')],
    ['nonsense', 'nonsense'],
  ])('%s', (_, bad) => {
    const { rows, warnings } = parse(line('en0', '<Link#4>'), bad);
    expect(rows).toMatchObject([{ name: 'en0', addresses: [] }]);
    expect(warnings.map(({ code }) => code)).toEqual(['malformed']);
  });
});

it.each([
  [
    'FreeBSD',
    'Name    Mtu Network       Address              Ipkts Ierrs Idrop    Opkts Oerrs  Coll',
  ],
  ['no counters', 'Name Mtu Network Address'],
  ['another order', 'Name Mtu Network Address Opkts Ipkts'],
])('shows a header that it does not know: %s', (_, unknown) => {
  expect(() => parseInterfaces(unknown, 'netstat')).toThrow(unknown);
});

it('does not take no output for no interfaces: every Mac has lo0', () => {
  expect(() => parseInterfaces('', 'netstat')).toThrow(
    'netstat: printed no interfaces, not even lo0',
  );
});
