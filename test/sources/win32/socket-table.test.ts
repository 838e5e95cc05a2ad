import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inetProtocols } from '../../../src/model/protocol.ts';
import {
  decodeSocketTable,
  tcpState,
  type WindowsProtocol,
  windowsProtocols,
} from '../../../src/sources/win32/socket-table.ts';
import { warningSink } from '../../support/source-answers.ts';
import { dword, ipv6, port, row, table, tcp4, tcp6, udp4, udp6, withTime } from './fake-windows.ts';

const families = ['inet', 'inet6'] as const;

function decode(protocol: WindowsProtocol, family: 'inet' | 'inet6', bytes: Buffer) {
  const sink = warningSink();
  return { rows: [...decodeSocketTable(protocol, family, bytes, sink)], warnings: sink.warnings };
}

const at = (address: string, number: number, zone: string | null = null) => ({
  address,
  port: number,
  zone,
});

describe('one row of each table', () => {
  test.each([
    [
      'TCP over IPv4',
      'tcp',
      'inet',
      tcp4({
        state: 5,
        local: [[192, 0, 2, 7], 49152],
        remote: [[198, 51, 100, 9], 443],
        pid: 4711,
      }),
      {
        local: at('192.0.2.7', 49152),
        remote: at('198.51.100.9', 443),
        state: 'ESTABLISHED',
        pid: 4711,
      },
    ],
    [
      'TCP over IPv6, scoped',
      'tcp',
      'inet6',
      tcp6({
        state: 8,
        local: [ipv6('fe80::1'), 8080],
        remote: [ipv6('fe80::2'), 65535],
        pid: 0xfffffffc,
        scope: 12,
      }),
      {
        local: at('fe80::1', 8080, '12'),
        remote: at('fe80::2', 65535, '12'),
        state: 'CLOSE_WAIT',
        pid: 0xfffffffc,
      },
    ],
    [
      'UDP over IPv4',
      'udp',
      'inet',
      udp4([0, 0, 0, 0], 5353, 4),
      { local: at('0.0.0.0', 5353), remote: at('0.0.0.0', 0), state: null, pid: 4 },
    ],
    [
      'UDP over IPv6, scoped',
      'udp',
      'inet6',
      udp6(ipv6('fe80::abcd'), 546, { pid: 1200, scope: 7 }),
      { local: at('fe80::abcd', 546, '7'), remote: at('::', 0), state: null, pid: 1200 },
    ],
  ] as const)('%s', (_name, protocol, family, bytes, expected) => {
    expect(decode(protocol, family, table([bytes]))).toEqual({ rows: [expected], warnings: [] });
  });
});

describe('the longer rows that contain when a socket was created', () => {
  const short = {
    tcp: {
      inet: tcp4({ state: 5, remote: [[198, 51, 100, 9], 443], pid: 0x8000_0001 }),
      inet6: tcp6({ state: 8, local: [ipv6('fe80::1'), 80], pid: 4711, scope: 12 }),
    },
    udp: {
      inet: udp4([192, 0, 2, 7], 53, 8),
      inet6: udp6(ipv6('fe80::abcd'), 546, { pid: 1200, scope: 7 }),
    },
  } as const;
  /** MIB_…ROW_OWNER_MODULE: sizeof, and offsetof(liCreateTimestamp), in 64-bit and 32-bit builds alike. */
  const sizes = {
    tcp: { inet: { size: 160, createdAt: 24 }, inet6: { size: 192, createdAt: 56 } },
    udp: { inet: { size: 160, createdAt: 16 }, inet6: { size: 176, createdAt: 32 } },
  } as const;

  const cases = windowsProtocols.flatMap((protocol) =>
    families.map((family) => [protocol, family] as const),
  );
  test.each(cases)('%s %s: what the short row contains, and the time', (protocol, family) => {
    const one = short[protocol][family];
    const long = (ticks: bigint) => withTime(one, sizes[protocol][family], ticks);
    const rows = [long(133_851_744_001_234_567n), long(0n)];
    const sink = warningSink();
    const bytes = table(rows, { firstRow: 8 });
    const [row] = decode(protocol, family, table([one])).rows;
    expect([...decodeSocketTable(protocol, family, bytes, sink, 'module')]).toEqual([
      { ...row, createdAt: '2025-02-28T00:00:00.123Z' },
      { ...row, createdAt: null },
    ]);
    expect(sink.warnings).toEqual([]);
  });

  test('an empty table ends where its rows would begin', () => {
    const sink = warningSink();
    const empty = table([], { firstRow: 8 });
    expect([...decodeSocketTable('tcp', 'inet', empty, sink, 'module')]).toEqual([]);
    expect(sink.warnings).toEqual([]);
  });
});

describe('a port', () => {
  test('is the first two bytes in network order, whatever the other two hold', () => {
    const bytes = row(12, [0, [10, 0, 0, 1]], [4, port(8080, [0xde, 0xad])], [8, dword(1)]);
    expect(decode('udp', 'inet', table([bytes])).rows[0]?.local.port).toBe(8080);
  });
});

describe('a zone', () => {
  test.each([
    ['fe80::1', 12, '12'],
    ['febf::1', 12, '12'],
    ['fec0::1', 3, '3'],
    ['ff02::fb', 3, '3'],
    ['fe80::1', 0, null],
    ['::1', 1, null],
    ['::', 5, null],
    ['2001:db8::1', 12, null],
    ['fd00::1', 12, null],
  ])('%s with scope id %i', (address, scope, zone) => {
    const { rows } = decode('udp', 'inet6', table([udp6(ipv6(address), 546, { scope })]));
    expect(rows[0]?.local.zone).toBe(zone);
  });
});

describe('a listening row', () => {
  test('has no remote end, though Windows may leave anything there', () => {
    const remote = [[198, 51, 100, 9], 51234] as const;
    const four = tcp4({ state: 2, remote: [[...remote[0]], remote[1]] });
    const six = tcp6({ state: 2, remote: [ipv6('2001:db8::9'), 51234], scope: 3 });
    expect(decode('tcp', 'inet', table([four])).rows[0]?.remote).toEqual(at('0.0.0.0', 0));
    expect(decode('tcp', 'inet6', table([six])).rows[0]?.remote).toEqual(at('::', 0));
  });
});

describe('states', () => {
  test.each([
    [1, 'CLOSE'],
    [2, 'LISTEN'],
    [3, 'SYN_SENT'],
    [4, 'SYN_RECV'],
    [5, 'ESTABLISHED'],
    [6, 'FIN_WAIT1'],
    [7, 'FIN_WAIT2'],
    [8, 'CLOSE_WAIT'],
    [9, 'CLOSING'],
    [10, 'LAST_ACK'],
    [11, 'TIME_WAIT'],
    [12, 'DELETE_TCB'],
    [100, 'BOUND'],
    [0, 'UNKNOWN(0)'],
    [13, 'UNKNOWN(13)'],
    [0xffffffff, 'UNKNOWN(4294967295)'],
  ] as const)('%i is %s', (code, name) => {
    expect(tcpState(code)).toBe(name);
    expect(decode('tcp', 'inet', table([tcp4({ state: code })])).rows[0]?.state).toBe(name);
  });
});

describe('rows that contain little stay', () => {
  test('closed rows without an address, as Wine lists some thirty for a listener', () => {
    const nothing = tcp4({ state: 1, local: [[0, 0, 0, 0], 0] });
    expect(decode('tcp', 'inet', table([nothing, nothing])).rows).toHaveLength(2);
  });

  test('the same UDP row twice: two sockets may share an address', () => {
    const twice = udp4([0, 0, 0, 0], 5353);
    expect(decode('udp', 'inet', table([twice, twice])).rows).toHaveLength(2);
  });
});

describe('a table that is not whole', () => {
  const one = tcp4({ state: 2 });

  test('more rows promised than came: those that came, and a warning', () => {
    const { rows, warnings } = decode('tcp', 'inet', table([one, one], { count: 5 }));
    expect(rows).toHaveLength(2);
    expect(warnings).toEqual([
      {
        code: 'malformed',
        message: 'GetExtendedTcpTable: only 2 of its 5 rows were returned',
        source: 'GetExtendedTcpTable',
      },
    ]);
  });

  test('a last row cut short is not shown', () => {
    const cut = table([one, one]).subarray(0, -1);
    const { rows, warnings } = decode('tcp', 'inet', cut);
    expect(rows).toHaveLength(1);
    expect(warnings).toHaveLength(1);
  });

  test('room beyond the rows is not read', () => {
    const spare = Buffer.concat([table([one]), Buffer.alloc(500, 0xff)]);
    expect(decode('tcp', 'inet', spare)).toMatchObject({ rows: [{ pid: 7 }], warnings: [] });
  });

  test.each([0, 1, 3])('a buffer of %i bytes has no rows', (length) => {
    const { rows, warnings } = decode('udp', 'inet6', Buffer.alloc(length, 1));
    expect(rows).toEqual([]);
    expect(warnings).toHaveLength(1);
  });
});

test('the protocols are among those that the model lists, in its order', () => {
  expect(
    inetProtocols.filter((name) => (windowsProtocols as readonly string[]).includes(name)),
  ).toEqual([...windowsProtocols]);
});

test('any bytes: rows or a warning, never an exception, and never more rows than room', () => {
  const anyTable = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc
      .tuple(fc.nat(12), fc.uint8Array({ maxLength: 400 }))
      .map(([count, rows]) => Uint8Array.from([...dword(count), ...rows])),
  );
  const sizes = { tcp: { inet: 24, inet6: 56 }, udp: { inet: 12, inet6: 28 } };
  fc.assert(
    fc.property(
      fc.constantFrom(...windowsProtocols),
      fc.constantFrom(...families),
      anyTable,
      (protocol, family, bytes) => {
        const { rows, warnings } = decode(protocol, family, Buffer.from(bytes));
        const claimed = bytes.length < 4 ? 0 : Buffer.from(bytes).readUInt32LE(0);
        const room = Math.max(0, Math.floor((bytes.length - 4) / sizes[protocol][family]));
        expect(rows).toHaveLength(Math.min(claimed, room));
        expect(warnings).toHaveLength(bytes.length < 4 || claimed > room ? 1 : 0);
        for (const { local, remote } of rows) {
          for (const end of [local, remote]) {
            expect(end.port).toBeLessThanOrEqual(65535);
            expect(end.address).toMatch(family === 'inet' ? /^[\d.]+$/ : /^[\da-f:.]+$/);
          }
        }
      },
    ),
  );
});
