import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NetInterface } from '../../../src/model/machine/interface.ts';
import { windowsSource } from '../../../src/sources/win32/index.ts';
import { decodeAddresses, decodeInterfaces } from '../../../src/sources/win32/interfaces.ts';
import type { WindowsApi } from '../../../src/sources/win32/windows-api.ts';
import { answer, warningSink } from '../../support/source-answers.ts';
import { dword, fakeWindows, ipv6, mib, qword, row, sockaddr, wide } from './fake-windows.ts';

interface IfRow {
  index?: number;
  alias?: string;
  hardware?: number[];
  mtu?: number;
  type?: number;
  access?: number;
  flags?: number;
  oper?: number;
  admin?: number;
  counters?: { received: (number | bigint)[]; sent: (number | bigint)[] };
}

/** MIB_IF_ROW2; what lies between its members is noise. */
function ifRow({
  index = 4,
  alias = 'Ethernet',
  hardware = [0x02, 0xfc, 0, 0, 0, 0x0a],
  mtu = 1500,
  type = 6,
  access = 2,
  flags = 5,
  oper = 1,
  admin = 1,
  counters = { received: [0, 0, 0, 0, 0], sent: [0, 0, 0, 0, 0] },
}: IfRow): Buffer {
  const bytes = Buffer.alloc(1352, 0x5a);
  bytes.set(dword(index), 8);
  bytes.set(wide(`${alias}\0`), 28);
  bytes.set(dword(hardware.length), 1056);
  bytes.set(hardware, 1060);
  bytes.set(dword(mtu), 1124);
  bytes.set(dword(type), 1128);
  bytes.set(dword(access), 1144);
  bytes.set([flags], 1152);
  bytes.set(dword(oper), 1156);
  bytes.set(dword(admin), 1160);
  bytes.set(counters.received.flatMap(qword), 1208);
  bytes.set(counters.sent.flatMap(qword), 1280);
  return bytes;
}

function addressRow(address: number[], prefix: number, index = 4): Buffer {
  const bytes = Buffer.alloc(80, 0x5a);
  bytes.set(sockaddr(address, 0x5a), 0);
  bytes.set(dword(index), 40);
  bytes.set([prefix], 60);
  return bytes;
}

function decode(rows: readonly Buffer[], addresses: readonly Buffer[] = []): NetInterface[] {
  const known = decodeAddresses(mib(addresses), warningSink());
  return [...decodeInterfaces(mib(rows), known, warningSink())];
}

describe('an interface', () => {
  test('all that Windows reports, and null for what it does not', () => {
    const counters = {
      // octets, unicast, other packets, discards, errors
      received: [2n ** 64n - 1n, 1000, 23, 4, 5],
      sent: [2n ** 53n + 1n, 900, 1, 2, 3],
    };
    expect(decode([ifRow({ counters })])).toEqual([
      {
        name: 'Ethernet',
        index: 4,
        mtu: 1500,
        flags: ['UP', 'BROADCAST', 'RUNNING'],
        flagBits: 0x43,
        linkType: 'Ethernet',
        hardwareAddress: '02:fc:00:00:00:0a',
        txQueueLength: null,
        collisions: null,
        multicast: null,
        compressedReceived: null,
        compressedSent: null,
        received: {
          bytes: 2n ** 64n - 1n,
          packets: 1023n,
          errors: 5n,
          dropped: 4n,
          overruns: null,
          frameOrCarrier: null,
        },
        sent: {
          bytes: 2n ** 53n + 1n,
          packets: 901n,
          errors: 3n,
          dropped: 2n,
          overruns: null,
          frameOrCarrier: null,
        },
        addresses: [],
      },
    ]);
  });

  test.each([
    ['loopback', { access: 1, type: 24 }, ['UP', 'LOOPBACK', 'RUNNING'], 'Local Loopback'],
    ['a cable that is out', { oper: 2 }, ['UP', 'BROADCAST'], 'Ethernet'],
    ['switched off', { oper: 2, admin: 2 }, ['BROADCAST'], 'Ethernet'],
    [
      'point to point',
      { access: 3, type: 23 },
      ['UP', 'POINTOPOINT', 'RUNNING'],
      'Point-to-Point Protocol',
    ],
    ['wireless', { type: 71 }, ['UP', 'BROADCAST', 'RUNNING'], 'IEEE 802.11'],
    ['a kind without a name', { type: 250 }, ['UP', 'BROADCAST', 'RUNNING'], null],
  ])('%s', (_name, given, flags, linkType) => {
    expect(decode([ifRow(given)])).toMatchObject([{ flags, linkType }]);
  });

  test.each([
    [
      'a name beyond ASCII',
      { alias: 'Подключение по локальной сети' },
      { name: 'Подключение по локальной сети' },
    ],
    ['a name that fills its field', { alias: 'n'.repeat(256) }, { name: 'n'.repeat(256) }],
    ['no hardware address', { hardware: [] }, { hardwareAddress: null }],
    [
      'a hardware address of 8 bytes',
      { hardware: [0, 1, 2, 3, 4, 5, 6, 255] },
      { hardwareAddress: '00:01:02:03:04:05:06:ff' },
    ],
  ])('%s', (_name, given, expected) => {
    expect(decode([ifRow(given)])).toMatchObject([expected]);
  });

  test('a packet filter on another interface is not an interface', () => {
    const rows = [ifRow({ alias: 'Ethernet-Filter-0000', flags: 0x02 }), ifRow({})];
    expect(decode(rows).map(({ name }) => name)).toEqual(['Ethernet']);
  });
});

describe('addresses', () => {
  test.each([
    ['192.0.2.7/24', [192, 0, 2, 7], 24, { broadcast: '192.0.2.255', scope: null }],
    ['10.1.2.3/12', [10, 1, 2, 3], 12, { broadcast: '10.15.255.255' }],
    ['192.0.2.130/25', [192, 0, 2, 130], 25, { broadcast: '192.0.2.255' }],
    ['192.0.2.6/31, too small for a broadcast', [192, 0, 2, 6], 31, { broadcast: null }],
    ['::1', ipv6('::1'), 128, { address: '::1', broadcast: null, scope: 'host' }],
    ['fe80::1', ipv6('fe80::1'), 64, { scope: 'link' }],
    ['febf::1', ipv6('febf::1'), 64, { scope: 'link' }],
    ['fec0::1', ipv6('fec0::1'), 64, { scope: 'site' }],
    ['fe8::1, which is not link-local', ipv6('fe8::1'), 64, { scope: 'global' }],
    ['2001:db8::7', ipv6('2001:db8::7'), 64, { prefixLength: 64, scope: 'global', peer: null }],
  ])('%s', (_name, address, prefix, expected) => {
    expect(decode([ifRow({})], [addressRow(address, prefix)])[0]?.addresses).toMatchObject([
      expected,
    ]);
  });

  test('loopback has no broadcast address', () => {
    const [lo] = decode([ifRow({ access: 1, type: 24 })], [addressRow([127, 0, 0, 1], 8)]);
    expect(lo?.addresses).toMatchObject([{ address: '127.0.0.1', broadcast: null }]);
  });

  test('belong to the interface of their index', () => {
    const interfaces = decode(
      [ifRow({ index: 4 }), ifRow({ index: 9, alias: 'Wi-Fi' })],
      [
        addressRow([192, 0, 2, 1], 24, 9),
        addressRow([192, 0, 2, 2], 24, 4),
        addressRow([192, 0, 2, 3], 24, 9),
      ],
    );
    expect(interfaces.map(({ addresses }) => addresses.map(({ address }) => address))).toEqual([
      ['192.0.2.2'],
      ['192.0.2.1', '192.0.2.3'],
    ]);
  });
});

test('interfaces(): the addresses of the families asked for', async () => {
  const { api } = fakeWindows({
    ifTable: () => ({ status: 0, table: mib([ifRow({})]) }),
    unicastAddressTable: (family) => ({
      status: 0,
      table: mib([family === 2 ? addressRow([192, 0, 2, 7], 24) : addressRow(ipv6('fe80::1'), 64)]),
    }),
  } satisfies Partial<WindowsApi>);
  const read = async (families: readonly ('inet' | 'inet6')[]) => {
    const all = await answer(windowsSource(api), { report: 'interfaces', families });
    return all.map(({ addresses }) => addresses.map(({ address }) => address));
  };
  expect(await read(['inet', 'inet6'])).toEqual([['192.0.2.7', 'fe80::1']]);
  expect(await read(['inet6'])).toEqual([['fe80::1']]);
});

test('any bytes: no exception, and no more rows than room', () => {
  fc.assert(
    fc.property(fc.nat(3), fc.uint8Array({ maxLength: 4500, size: 'max' }), (count, raw) => {
      const any = Buffer.concat([row(8, [0, dword(count)]), raw]);
      const addresses = decodeAddresses(any, warningSink());
      const interfaces = [...decodeInterfaces(any, addresses, warningSink())];
      expect(interfaces.length).toBeLessThanOrEqual(Math.min(count, raw.length / 1352));
    }),
  );
});
