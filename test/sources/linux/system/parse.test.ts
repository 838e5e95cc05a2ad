import { describe, expect, test } from 'vitest';
import {
  parseConntrackStat,
  parseNameservers,
  parseNameserversOverTcp,
  parseNeighbourCount,
  parseOtherDefaultRoute,
  parsePortList,
  parseSettings,
  parseSilentNeighbours,
  parseSockstat,
  parseUnsignedSetting,
} from '../../../../src/sources/linux/system/parse.ts';

describe('settings', () => {
  test.each<[string, number, readonly number[] | null]>([
    ['32768\t60999\n', 2, [32_768, 60_999]],
    ['4096\n', 1, [4096]],
    ['94236\t125650\t188472\n', 3, [94_236, 125_650, 188_472]],
    ['', 1, null],
    ['4096 1\n', 1, null],
    ['-1\n', 1, null],
    ['max\n', 1, null],
  ])('%j as %d', (text, count, expected) => {
    expect(parseSettings(text, count)).toEqual(expected);
  });
});

test.each<[string, number | null]>([
  ['131072\n', 131_072],
  ['0\n', 0],
  ['-1\n', 4_294_967_295],
  ['', null],
  ['- 1\n', null],
])('%j, compared without its sign, is %d', (text, expected) => {
  expect(parseUnsignedSetting(text)).toBe(expected);
});

describe('lists of ports', () => {
  test.each<[string, ReturnType<typeof parsePortList>]>([
    ['\n', []],
    ['8080\n', [{ first: 8080, last: 8080 }]],
    [
      '8080,9000-9100\n',
      [
        { first: 8080, last: 8080 },
        { first: 9000, last: 9100 },
      ],
    ],
    ['9100-9000\n', null],
    ['70000\n', null],
    ['0,65535\n', [0, 65_535].map((port) => ({ first: port, last: port }))],
    ['65536\n', null],
    ['ssh\n', null],
    ['tcp8080\n', null],
    ['8080tcp\n', null],
    ['8080-8081-8082\n', null],
  ])('%j', (text, expected) => {
    expect(parsePortList(text)).toEqual(expected);
  });
});

const sockstat = `sockets: used 27
TCP: inuse 1 orphan 26 tw 3 alloc 28 mem 145
UDP: inuse 0 mem 0
FRAG: inuse 0 memory 0
`;

describe('sockstat', () => {
  test.each([
    [sockstat, { inUse: 1, orphans: 26, timeWait: 3, memoryPages: 145 }],
    ['TCP: inuse 1\n', null],
    ['', null],
    [sockstat.replace('mem 145', 'mem x'), null],
  ])('%j', (text, expected) => {
    expect(parseSockstat(text)).toEqual(expected);
  });
});

describe('entries of a neighbour table', () => {
  test.each([
    ['entries  allocs   destroys\n00000010 00000011 00000001\n00000010 0 0\n', 16],
    ['entries allocs\n', null],
    ['allocs entries\n1 2\n', null],
    ['', null],
  ])('%j', (text, expected) => {
    expect(parseNeighbourCount(text)).toBe(expected);
  });
});

describe('name servers', () => {
  test.each<[string, readonly string[]]>([
    ['# none\n', []],
    ['nameserver 192.0.2.53\nnameserver\t2001:DB8::35\n', ['192.0.2.53', '2001:db8::35']],
    ['nameserver fe80::1%eth0\n', ['fe80::1%eth0']],
    [
      '  nameserver 192.0.2.53\nnameserver example.org\nnameserver 192.0.2.54 # why\n',
      ['192.0.2.54'],
    ],
    ['search example.org\noptions ndots:2\n', []],
  ])('%j', (text, expected) => {
    expect(parseNameservers(text)).toEqual(expected);
  });
});

describe('routing tables beside the main one', () => {
  const own = `Main:
  |-- 0.0.0.0
     /0 universe UNICAST
  |-- 192.0.2.0
     /24 link UNICAST
Local:
  |-- 127.0.0.1
     /32 host LOCAL
`;
  const other = (route: string) => `Id 100:\n  |-- 0.0.0.0\n     ${route}\n`;

  test.each<[string, string, boolean | null]>([
    ['none', own, false],
    ['one with a default route', `${other('/0 universe UNICAST')}${own}`, true],
    ['behind the main one', `${own}${other('/0 universe UNICAST')}`, true],
    ['one that refuses', `${other('/0 universe UNREACHABLE')}${own}`, false],
    ['one to a network', `${other('/8 universe UNICAST')}${own}`, false],
    ['no table at all', '', false],
    ['another file', 'x\n', null],
  ])('%s', (_, text, expected) => {
    expect(parseOtherDefaultRoute(text)).toBe(expected);
  });
});

test.each([
  ['options use-vc', true],
  ['nameserver 192.0.2.53\noptions edns0\toptions\noptions\ttrust-ad use-vc\n', true],
  ['options edns0\n# options use-vc\nsearch use-vc\n', false],
  [' options use-vc\n', false],
])('servers are asked over TCP: %j', (text, expected) => {
  expect(parseNameserversOverTcp(text)).toBe(expected);
});

const arp = `IP address       HW type     Flags       HW address            Mask     Device
192.0.2.1        0x1         0x2         02:fc:00:00:00:05     *        eth0
192.0.2.9        0x1         0x0         00:00:00:00:00:00     *        eth0
192.0.2.8        0x1         0x6         02:fc:00:00:00:06     *        eth0
`;

test('neighbours without a hardware address are recognized by their flags', () => {
  expect(parseSilentNeighbours(arp)).toEqual([{ address: '192.0.2.9', interface: 'eth0' }]);
  expect(parseSilentNeighbours('')).toBeNull();
  // An interface's name has no white space.
  expect(parseSilentNeighbours(arp.replaceAll('eth0', '\r'))).toEqual([]);
});

const conntrack = `entries  clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop icmp_error  expect_new expect_create expect_delete search_restart
00000011  00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000004 0000000a 00000001 00000000  00000000 00000000 00000000 00000000
00000011  00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000005 00000002 00000000  00000000 00000000 00000000 00000000
`;

test('what connection tracking dropped is the sum of all processors, in hex', () => {
  expect(parseConntrackStat(conntrack)).toEqual({ dropped: 15, failed: 4, forgotten: 3 });
});

test.each([
  ['nothing', ''],
  ['no processor', conntrack.slice(0, conntrack.indexOf('\n') + 1)],
  ['a cut line', conntrack.slice(0, -80)],
  ['a word among the numbers', conntrack.replace('0000000a', 'ten')],
  ['another table', conntrack.replace('early_drop', 'later_drop')],
])('%s is no such table', (_, text) => {
  expect(parseConntrackStat(text)).toBeNull();
});
