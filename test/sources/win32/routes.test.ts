import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Route } from '../../../src/model/machine/route.ts';
import { windowsSource } from '../../../src/sources/win32/index.ts';
import { decodeInterfaceMetrics, decodeRoutes } from '../../../src/sources/win32/routes.ts';
import type { WindowsApi } from '../../../src/sources/win32/windows-api.ts';
import { answer, warningSink } from '../../support/source-answers.ts';
import { dword, fakeWindows, ipv6, mib, row, sockaddr, wide } from './fake-windows.ts';

interface ForwardRow {
  destination: number[];
  prefix: number;
  gateway: number[];
  index?: number;
  metric?: number;
}

/** MIB_IPFORWARD_ROW2; what lies between its members is noise, as on a real machine. */
function forwardRow({ destination, prefix, gateway, index = 4, metric = 0 }: ForwardRow): Buffer {
  const bytes = Buffer.alloc(104, 0x5a);
  bytes.set(dword(index), 8);
  bytes.set(sockaddr(destination, 0x5a), 12);
  bytes.set([prefix], 40);
  bytes.set(sockaddr(gateway, 0x5a), 44);
  bytes.set(dword(metric), 84);
  return bytes;
}

const interfaceMetric = (index: number, metric: number) =>
  row(168, [16, dword(index)], [148, dword(metric)]);
const ifRow = (index: number, alias: string) => row(1352, [8, dword(index)], [28, wide(alias)]);

const any4 = [0, 0, 0, 0];
const any6 = ipv6('::');
const facts = { names: new Map([[4, 'Ethernet']]), metrics: new Map([[4, 25]]) };

function decode(rows: readonly Buffer[], known = facts): Route[] {
  return [...decodeRoutes(mib(rows), known, warningSink())];
}

describe('a route', () => {
  test.each([
    [
      'the default route',
      { destination: any4, prefix: 0, gateway: [192, 0, 2, 1] },
      {
        family: 'inet',
        destination: '0.0.0.0',
        prefixLength: 0,
        gateway: '192.0.2.1',
        flags: 'UG',
      },
    ],
    [
      'a network on the link',
      { destination: [192, 0, 2, 0], prefix: 24, gateway: any4 },
      { destination: '192.0.2.0', prefixLength: 24, gateway: null, flags: 'U' },
    ],
    [
      'a host',
      { destination: [192, 0, 2, 7], prefix: 32, gateway: any4 },
      { destination: '192.0.2.7', prefixLength: 32, gateway: null, flags: 'UH' },
    ],
    [
      'a host behind a gateway, IPv6',
      { destination: ipv6('2001:db8::7'), prefix: 128, gateway: ipv6('fe80::1') },
      {
        family: 'inet6',
        destination: '2001:db8::7',
        gateway: 'fe80::1',
        flags: 'UGH',
        flagBits: 7,
      },
    ],
    [
      'a /32 network of IPv6 is no host',
      { destination: ipv6('2001:db8::'), prefix: 32, gateway: any6 },
      { destination: '2001:db8::', prefixLength: 32, flags: 'U' },
    ],
  ] as const)('%s', (_name, given, expected) => {
    const { destination, gateway, ...rest } = given;
    const made = forwardRow({ ...rest, destination: [...destination], gateway: [...gateway] });
    expect(decode([made])).toMatchObject([expected]);
  });

  test('to where no address is known is left out, and the next hop may be none', () => {
    const known = { destination: [192, 0, 2, 0], prefix: 24, gateway: [192, 0, 2, 1] };
    const [to, via] = [forwardRow(known), forwardRow(known)];
    to.set([99, 0], 12);
    via.set([99, 0], 44);
    expect(decode([to, via, forwardRow(known)])).toMatchObject([
      { destination: '192.0.2.0', gateway: null, flags: 'U', flagBits: 1 },
      { destination: '192.0.2.0', gateway: '192.0.2.1', flags: 'UG', flagBits: 3 },
    ]);
  });

  test('what Windows does not report is null', () => {
    expect(decode([forwardRow({ destination: any4, prefix: 0, gateway: any4 })])).toEqual([
      {
        family: 'inet',
        destination: '0.0.0.0',
        prefixLength: 0,
        gateway: null,
        source: null,
        interface: 'Ethernet',
        flags: 'U',
        flagBits: 1,
        metric: 25,
        refCount: null,
        useCount: null,
        mss: null,
        window: null,
        irtt: null,
        mtu: null,
      },
    ]);
  });

  test.each([
    ['its own and its interface’s together', 4, 10, 35],
    ['none if its interface’s is not known', 5, 10, null],
    ['none where it says that it is not used', 4, 0xffffffff, null],
  ])('the metric: %s', (_name, index, metric, expected) => {
    const route = forwardRow({ destination: any4, prefix: 0, gateway: any4, index, metric });
    expect(decode([route])[0]?.metric).toBe(expected);
  });

  test('an interface without a name shows its index', () => {
    const route = forwardRow({ destination: any4, prefix: 0, gateway: any4, index: 99 });
    expect(decode([route])[0]?.interface).toBe('99');
  });

  test('any bytes: no exception, and no more rows than room', () => {
    const bytes = fc.uint8Array({ maxLength: 700 });
    fc.assert(
      fc.property(fc.nat(9), bytes, (count, raw) => {
        const any = Buffer.concat([row(8, [0, dword(count)]), raw]);
        const routes = [...decodeRoutes(any, facts, warningSink())];
        expect(routes.length).toBeLessThanOrEqual(Math.min(count, raw.length / 104));
        expect(() => decodeInterfaceMetrics(any, warningSink())).not.toThrow();
      }),
    );
  });
});

describe('routes()', () => {
  const forward: WindowsApi['ipForwardTable'] = (family) => ({
    status: 0,
    table: mib([
      family === 2
        ? forwardRow({ destination: any4, prefix: 0, gateway: [192, 0, 2, 1], metric: 1 })
        : forwardRow({ destination: any6, prefix: 0, gateway: ipv6('fe80::1'), metric: 2 }),
    ]),
  });
  const ifTable = () => ({ status: 0, table: mib([ifRow(4, 'Ethernet 2')]) });
  const metrics: WindowsApi['ipInterfaceTable'] = (family) => ({
    status: 0,
    table: mib([interfaceMetric(4, family === 2 ? 20 : 40)]),
  });

  async function read(overrides: Partial<WindowsApi>) {
    const { api } = fakeWindows({ ipForwardTable: forward, ifTable, ...overrides });
    const sink = warningSink();
    const query = { report: 'routes', families: ['inet', 'inet6'] } as const;
    const all = await answer(windowsSource(api), query, sink);
    return { all, warnings: sink.warnings };
  }

  test('each family by its own interface metric, interfaces by their alias', async () => {
    const { all, warnings } = await read({ ipInterfaceTable: metrics });
    expect(all).toMatchObject([
      { family: 'inet', interface: 'Ethernet 2', metric: 21 },
      { family: 'inet6', interface: 'Ethernet 2', metric: 42 },
    ]);
    expect(warnings).toEqual([]);
  });

  test('without interface metrics the routes stay, with one warning', async () => {
    const { all, warnings } = await read({
      ipInterfaceTable: () => ({ status: 50, table: Buffer.alloc(8) }),
    });
    expect(all.map(({ metric }) => metric)).toEqual([null, null]);
    expect(warnings.map(({ message }) => message)).toEqual([
      'GetIpInterfaceTable failed with Windows error 50; metrics are not known',
    ]);
  });

  test('a table that Windows refuses is an error that names the call', async () => {
    const refused = () => ({ status: 5, table: Buffer.alloc(8) });
    await expect(
      read({ ipForwardTable: refused, ipInterfaceTable: metrics }),
    ).rejects.toMatchObject({
      name: 'NetstatError',
      path: 'GetIpForwardTable2',
    });
  });

  test('a family that Windows lacks has no routes', async () => {
    const { all } = await read({
      ipForwardTable: (family) =>
        family === 23 ? { status: 50, table: Buffer.alloc(8) } : forward(family),
      ipInterfaceTable: metrics,
    });
    expect(all.map(({ family }) => family)).toEqual(['inet']);
  });
});
