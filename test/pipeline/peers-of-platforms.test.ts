/** Who is at the other end, by the tables of the platforms whose rows tell their owners. */
import { describe, expect, it } from 'vitest';
import { noNeeds } from '../../src/model/request/needs.ts';
import type { InetSocket } from '../../src/model/socket/socket.ts';
import { type ReadOptions, readRows } from '../../src/pipeline/read.ts';
import { plainSelection } from '../../src/select/index.ts';
import { darwinSource } from '../../src/sources/darwin/index.ts';
import type { Source } from '../../src/sources/source.ts';
import { windowsSource } from '../../src/sources/win32/index.ts';
import { host, machine } from '../sources/darwin/helpers.ts';
import { fakeWindows, ipv6, table, tcp4, tcp6 } from '../sources/win32/fake-windows.ts';
import { listingWith } from '../support/listing.ts';
import { warningSink } from '../support/source-answers.ts';

const options: ReadOptions = {
  selection: plainSelection({ which: 'all', boundInactive: false }),
  needs: { ...noNeeds, owners: 'first', peers: true },
  keepsAll: false,
};

/** The process of each row by its local port, and that of its peer. */
async function peers(source: Source, protocols: readonly ('tcp' | 'udp')[]) {
  const { query } = listingWith({ protocols, protocolsNamed: true });
  const sink = warningSink();
  const pids: Record<number, unknown> = {};
  for await (const batch of readRows(source, query, options, sink).batches) {
    for (const { local, peer } of batch as readonly InetSocket[]) {
      pids[local.port] = peer && (peer.owners[0]?.pid ?? peer.noOwner);
    }
  }
  return { pids, warnings: sink.warnings };
}

const header =
  'Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)     rhiwat shiwat    pid   epid  state    options';
const row = (proto: string, local: string, remote: string, state: string, pid: number) =>
  `${proto}      0      0  ${local}  ${remote}  ${state}  131072 131072 ${pid} 0 0x0102 0x00000000`;
const netstat = (...rows: readonly string[]) =>
  ['Active Internet connections (including servers)', header, ...rows, ''].join('\n');

it('macOS: TCP over both families, and UDP', async () => {
  const { run } = machine('10.13', {
    'netstat -anvl -p tcp': netstat(
      row('tcp4', '127.0.0.1.50000', '127.0.0.1.80', 'ESTABLISHED', 501),
      row('tcp46', '127.0.0.1.80', '127.0.0.1.50000', 'ESTABLISHED', 502),
      row('tcp4', '192.0.2.1.50001', '198.51.100.7.443', 'ESTABLISHED', 503),
    ),
    'netstat -anvl -p udp': netstat(
      row('udp4', '127.0.0.1.50002', '127.0.0.1.53', '', 504),
      row('udp46', '*.53', '*.*', '', 505),
      row('udp4', '127.0.0.1.50003', '127.0.0.1.54', '', 506),
      row('udp6', '*.54', '*.*', '', 507),
    ),
    'ps -axww -o pid= -o comm=': [1, 501, 502, 503, 504, 505, 506, 507]
      .map((pid) => `${pid} /bin/p${pid}\n`)
      .join(''),
  });
  expect(await peers(darwinSource(host, run), ['tcp', 'udp'])).toEqual({
    pids: {
      ...{ 50000: 502, 80: 501, 50001: null, 50002: 505, 53: null },
      // A server of IPv6 alone.
      ...{ 50003: null, 54: null },
    },
    warnings: [],
  });
});

describe('Windows: TCP', () => {
  it('over each family, and closed', async () => {
    const loopback = [127, 0, 0, 1];
    const loopback6 = ipv6('::1');
    const { api } = fakeWindows({
      tcp: {
        2: table([
          tcp4({ state: 5, local: [loopback, 50000], remote: [loopback, 80], pid: 7 }),
          tcp4({ state: 5, local: [loopback, 80], remote: [loopback, 50000], pid: 8 }),
          tcp4({ state: 8, local: [loopback, 50001], remote: [loopback, 81], pid: 7 }),
          tcp4({ state: 11, local: [loopback, 81], remote: [loopback, 50001], pid: 0 }),
        ]),
        23: table([
          tcp6({ state: 5, local: [loopback6, 50002], remote: [loopback6, 82], pid: 7 }),
          tcp6({ state: 5, local: [loopback6, 82], remote: [loopback6, 50002], pid: 8 }),
        ]),
      },
      processes: [
        { pid: 7, name: 'client.exe', path: 'C:\\client.exe' },
        { pid: 8, name: 'server.exe', path: 'C:\\server.exe' },
      ],
    });
    expect(await peers(windowsSource(api), ['tcp'])).toEqual({
      pids: { 50000: 8, 80: 7, 50001: 'none', 81: 7, 50002: 8, 82: 7 },
      warnings: [],
    });
  });
});
