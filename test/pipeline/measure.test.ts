/** Metrics of what each platform tells, and of a Linux whose kernel answers or does not. */
import { describe, expect, it } from 'vitest';
import type { SystemFacts } from '../../src/model/machine/system-facts.ts';
import type { Warning } from '../../src/model/report/snapshot.ts';
import { defaultTop, type MetricPart, metricParts } from '../../src/model/request/metrics.ts';
import type { Socket } from '../../src/model/socket/socket.ts';
import { measuring } from '../../src/pipeline/measure.ts';
import { lazyResolver } from '../../src/resolve/lazy-resolver.ts';
import { darwinSource } from '../../src/sources/darwin/index.ts';
import { missingNamespaces } from '../../src/sources/linux/warnings.ts';
import { sourceOfReaders } from '../../src/sources/readers.ts';
import type { SocketQuery, Source } from '../../src/sources/source.ts';
import { windowsSource } from '../../src/sources/win32/index.ts';
import { samplesOf } from '../analysis/metrics/support.ts';
import { host, machine } from '../sources/darwin/helpers.ts';
import { fakeWindows, table, tcp4 } from '../sources/win32/fake-windows.ts';
import { counter, inet, netInterface, owner, tcpInfo, traffic } from '../support/builders.ts';
import { linuxFacts } from '../support/fake-source.ts';
import { listingWith } from '../support/listing.ts';

async function measured(
  source: Source,
  asked: Parameters<typeof listingWith>[0] = {},
  parts: readonly MetricPart[] = metricParts,
) {
  const measure = await measuring(
    listingWith({ which: 'all', ...asked }),
    { parts, partsNamed: false, top: defaultTop, remotePorts: [] },
    {
      ...{ source, version: '1.0' },
      resolver: lazyResolver(0, { platform: 'linux', env: {} }),
      elapsed: () => 0,
    },
  );
  const { families, warnings } = await measure();
  return { lines: samplesOf(families), warnings };
}

const named = (lines: readonly string[], beginning: string) =>
  lines.filter((line) => line.startsWith(beginning));

describe('macOS', () => {
  const header =
    'Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)     rhiwat shiwat    pid   epid  state    options';
  const row = (local: string, remote: string, state: string, pid: number) =>
    `tcp4      5      0  ${local}  ${remote}  ${state}  131072 131072 ${pid} 0 0x0102 0x00000000`;
  const { run } = machine('10.13', {
    'netstat -anvl -p tcp': [
      'Active Internet connections (including servers)',
      header,
      row('*.80', '*.*', 'LISTEN', 501),
      row('192.0.2.1.80', '203.0.113.9.50000', 'ESTABLISHED', 501),
      '',
    ].join('\n'),
    'ps -axww -o pid= -o comm=': '1 /sbin/launchd\n501 /usr/sbin/httpd\n',
  });

  it('reports servers, programs and queues; no counters, limits or ranges', async () => {
    const asked = { protocols: ['tcp'], protocolsNamed: true } as const;
    const { lines } = await measured(darwinSource(host, run), asked);
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^listener\{protocol="tcp",.*port="80",program="httpd",workload=""\} 1$/,
        ),
        'service_connections{protocol="tcp",port="80"} 1',
        'program_sockets{program="httpd"} 2',
        'receive_queue_bytes{protocol="tcp"} 5',
      ]),
    );
    for (const absent of [
      'tcp_',
      'time_wait_limit',
      'local_ports',
      'accept_queue_limit',
      'workload_sockets',
    ]) {
      expect(named(lines, absent), absent).toEqual([]);
    }
  });
});

describe('Windows', () => {
  it('reports servers and programs; no queues, counters, limits or ranges', async () => {
    const { api } = fakeWindows({
      tcp: {
        2: table([
          tcp4({ state: 2, local: [[0, 0, 0, 0], 80], pid: 8 }),
          tcp4({ state: 5, local: [[127, 0, 0, 1], 80], remote: [[127, 0, 0, 1], 50000], pid: 8 }),
        ]),
        23: table([]),
      },
      processes: [{ pid: 8, name: 'server.exe', path: 'C:\\server.exe' }],
    });
    const asked = { protocols: ['tcp'], protocolsNamed: true } as const;
    const { lines } = await measured(windowsSource(api), asked);
    expect(lines).toContain('service_connections{protocol="tcp",port="80"} 1');
    expect(named(lines, 'listener')).toEqual([
      expect.stringMatching(
        /^listener\{protocol="tcp",address="0\.0\.0\.0",port="80",program="server/,
      ),
    ]);
    for (const absent of [
      'tcp_',
      'time_wait_limit',
      'local_ports',
      'accept_queue',
      'receive_queue',
      'connection_',
    ]) {
      expect(named(lines, absent), absent).toEqual([]);
    }
  });
});

describe('Linux', () => {
  const server = inet('0.0.0.0:443', '0.0.0.0:0', { owners: [owner(812, 'nginx')], inode: 7 });
  const client = inet('192.0.2.1:443', '203.0.113.9:5000', { owners: [owner(812, 'nginx')] });

  /** Whose kernel answers over netlink, or does not. */
  function linux(answers: boolean, asked: SocketQuery[] = [], facts?: SystemFacts): Source {
    const source = sourceOfReaders(
      {
        platform: 'linux',
        protocols: ['tcp', 'udp', 'unix'],
        facts: [...linuxFacts, 'socketInfo', 'tcpInfo', 'tcpInternals'],
      },
      {
        async *sockets(query) {
          asked.push(query);
          if (answers && query.glance !== undefined) {
            const { rtt, bytesRetransmitted } = tcpInfo({ rtt: 30 });
            query.glance({
              ...{ state: 'ESTABLISHED', timer: 'off', retransmits: 0, probes: 0, recvQueue: 0 },
              ...{ localPort: 443, remotePort: 5000, inode: 1, retransmitted: 0 },
              ...{ rtt, bytesSent: 1000, bytesRetransmitted: Number(bytesRetransmitted) % 1000 },
            });
          }
          const acceptQueue = answers && query.socketInfo ? { length: 3, limit: 128 } : null;
          const rows: readonly Socket[] = [{ ...server, acceptQueue }, client];
          yield rows.filter(query.keep);
        },
      },
    );
    return facts === undefined ? source : { ...source, systemFacts: async () => [facts] };
  }

  it('looks at connections before rows are made, and at queues of servers alone', async () => {
    const asked: SocketQuery[] = [];
    const { lines, warnings } = await measured(linux(true, asked));
    expect(warnings).toEqual([]);
    expect(lines).toContain('connection_rtt_seconds_bucket{port="443",le="0.05"} 1');
    expect(lines).toContain('connection_rtt_seconds_count{port="443"} 1');
    expect(lines).toContain('accept_queue_limit{protocol="tcp",address="0.0.0.0",port="443"} 128');
    expect(
      asked.map(({ protocols, ...query }) => [
        protocols,
        ...[query.socketInfo, query.unixServers, query.tcpInfo, query.listeningOnly],
      ]),
    ).toEqual([
      [['tcp'], true, false, false, true],
      [['unix'], false, true, false, true],
      [expect.anything(), false, false, false, false],
    ]);
  });

  it('asks for all owners where workloads are counted: any may be in the one that counts', async () => {
    const asked: SocketQuery[] = [];
    const source = linux(true, asked);
    await measured({ ...source, facts: [...source.facts, 'workloads'] });
    expect(asked.at(-1)).toMatchObject({ workloads: true, owners: { depth: 'all' } });
  });

  it('has neither if the kernel does not answer, and warns', async () => {
    const { lines, warnings } = await measured(linux(false));
    expect(named(lines, 'connection_')).toEqual([]);
    expect(named(lines, 'accept_queue_limit')).toEqual([]);
    expect(warnings.map(({ message }) => message)).toEqual([
      'tcp: round-trip times and retransmissions: not available: the kernel does not answer sock_diag, or was not asked (--source proc)',
    ]);
    // Nothing that was asked could not be read: that would be an alarm for good.
    expect(lines).toContain('reading_warnings{code="uncertain"} 1');
    expect(named(lines, 'reading_errors').filter((line) => !line.endsWith(' 0'))).toEqual([]);
  });

  it.each([
    ['/proc/net', 'reading_warnings{code="uncertain"} 1'],
    ['/proc/net/udp', 'reading_errors{code="unreadable"} 1'],
    ['/proc/../sys/class/net', 'reading_errors{code="unreadable"} 1'],
  ])(
    'what no row reports is a warning, a file that is not read an error: %s',
    async (path, line) => {
      const source = sourceOfReaders(
        { platform: 'linux', protocols: ['udp'], facts: linuxFacts },
        {
          // biome-ignore lint/correctness/useYield: there are no rows
          async *sockets(_query, { warn }) {
            warn({ code: 'unreadable', message: 'not told', source: path });
          },
        },
      );
      const { lines } = await measured(source, { protocols: ['udp'], protocolsNamed: true });
      const counts = lines.filter((one) => /^reading_(errors|warnings).*[^0]$/.test(one));
      expect(counts).toEqual([line]);
    },
  );

  it.each<readonly [string, Parameters<typeof listingWith>[0], readonly Partial<Warning>[]]>([
    ['it was not asked for', { protocols: ['udp'], protocolsNamed: true }, []],
    ['its tables are forbidden', {}, [{ source: 'T', tables: [{ protocol: 'tcp' }] }]],
    [
      'its tables are forbidden on a machine of an earlier version',
      {},
      [{ source: '/proc/net/tcp' }, { source: '/proc/net/tcp6' }],
    ],
  ])('TCP is not reported as 0 if %s', async (_, changes, forbidden) => {
    const values = {
      localPortRange: { first: 100, last: 199 },
      reservedPorts: [],
      timeWaitLimit: 9,
    };
    const source = sourceOfReaders(
      {
        platform: 'linux',
        protocols: ['tcp', 'udp', 'unix'],
        facts: [...linuxFacts, 'socketInfo', 'tcpInfo', 'tcpInternals'],
      },
      {
        // biome-ignore lint/correctness/useYield: there are no rows
        async *sockets(_query, { warn }) {
          for (const one of forbidden) {
            warn({ code: 'forbidden', message: 'not allowed', source: null, ...one });
          }
        },
      },
    );
    const { lines } = await measured(
      { ...source, systemFacts: async () => [{ values, missing: {} }] },
      changes,
    );
    expect(lines.filter((line) => /protocol="tcp"|^connection_|^local_ports/.test(line))).toEqual(
      [],
    );
    expect(named(lines, 'time_wait_sockets')).toEqual([]);
  });

  it('asks about queues only where they have a limit, if filters choose rows', async () => {
    const asked: SocketQuery[] = [];
    await measured(linux(true, asked), {
      filters: { ...listingWith({}).query.filters, port: ['443'] },
    });
    const servers = asked.filter(({ listeningOnly }) => listeningOnly);
    expect(servers.map(({ protocols, socketInfo }) => [protocols, socketInfo])).toEqual([
      [['tcp'], true],
      [['udp'], false],
      [['unix'], false],
    ]);
  });

  it.each<[string, Partial<Source>, Parameters<typeof measured>[1]]>([
    ['not asked for', {}, { protocols: ['tcp', 'udp'] }],
    ['of other machines', { facts: [...linux(true).facts, 'machines'] }, {}],
    ['of a system without limits', { facts: linuxFacts }, {}],
  ])('does not ask about UNIX servers that are %s', async (_, changes, query) => {
    const asked: SocketQuery[] = [];
    await measured({ ...linux(true, asked), ...changes }, query);
    expect(asked.some(({ unixServers }) => unixServers)).toBe(false);
  });

  it('gets TCP’s internals with the rows, instead of by a glance, if filters choose rows', async () => {
    const asked: SocketQuery[] = [];
    await measured(linux(true, asked), {
      filters: { ...listingWith({}).query.filters, port: ['443'] },
    });
    expect(asked.at(-1)).toMatchObject({ tcpInfo: true, glance: undefined });
  });

  it.each([
    [
      'are reported',
      { localPortRange: { first: 100, last: 199 }, reservedPorts: [], timeWaitLimit: 9 },
      5,
      1,
    ],
    ['are not known', { localPortRange: null, reservedPorts: null, timeWaitLimit: null }, 0, 0],
  ])('where settings %s', async (_, values, ranks, limits) => {
    const { lines } = await measured(linux(true, [], { values, missing: {} }));
    expect(named(lines, 'local_ports')).toHaveLength(ranks);
    expect(named(lines, 'time_wait_limit')).toHaveLength(limits);
  });

  it('measures each network namespace with its own limits and ports', async () => {
    const places = [1, 2].map((inode) => ({ inode, name: `n${inode}`, own: inode === 1 }));
    const source = sourceOfReaders(
      { platform: 'linux', protocols: ['tcp'], facts: [...linuxFacts, 'netns'] },
      {
        async *sockets(query) {
          const at = (port: number) => inet(`0.0.0.0:${port}`, '0.0.0.0:0');
          for (const netns of places)
            yield [at(150), at(250)].map((one) => ({ ...one, netns })).filter(query.keep);
        },
      },
    );
    const systemFacts = async () =>
      places.map((netns) => ({
        netns,
        values: {
          localPortRange: { first: netns.inode * 100, last: netns.inode * 100 + 99 },
          ...{ reservedPorts: [], timeWaitLimit: netns.inode },
        },
        missing: {},
      }));
    const { lines } = await measured({ ...source, systemFacts }, { netns: 'all' }, ['sockets']);
    expect(named(lines, 'time_wait_limit')).toEqual([
      'time_wait_limit{netns="n1"} 1',
      'time_wait_limit{netns="n2"} 2',
    ]);
    const servers = named(lines, 'listener').map((line) => /port="(\d+)".*netns="(.*)"/.exec(line));
    expect(servers.map((one) => one?.slice(1))).toEqual([
      ['250', 'n1'],
      ['150', 'n2'],
    ]);
  });

  it('reports zeros of each namespace that was read, and nothing of others', async () => {
    const places = ['web', 'empty', 'lost'].map((name, at) => ({
      inode: at + 1,
      name,
      own: false,
    }));
    const source = sourceOfReaders(
      { platform: 'linux', protocols: ['tcp'], facts: [...linuxFacts, 'netns'] },
      {
        async *sockets(_, warnings) {
          yield places.slice(0, 1).flatMap((netns) => ({ ...server, netns }));
          warnings.warn(missingNamespaces(new Map([['it failed', ['lost']]]), false));
        },
      },
    );
    const systemFacts = async () => places.map((netns) => ({ values: {}, missing: {}, netns }));
    const { lines } = await measured({ ...source, systemFacts }, { netns: 'all' }, ['sockets']);
    const of = (name: string) => lines.filter((line) => line.includes(`netns="${name}"`));
    expect(named(of('web'), 'sockets{')).toHaveLength(10);
    expect(of('empty')).toEqual(
      expect.arrayContaining([
        'sockets{protocol="tcp",family="ipv6",state="LISTEN",netns="empty"} 0',
        'time_wait_sockets{netns="empty"} 0',
        'receive_queue_bytes{protocol="tcp",netns="empty"} 0',
      ]),
    );
    expect(of('lost')).toEqual([]);
  });

  it.each<[string, MetricPart, string]>([
    ['sockets', 'sockets', 'sockets{protocol="tcp",family="ipv4",state="LISTEN"'],
    ['counters', 'statistics', 'tcp_in_segs_total{'],
    ['interfaces', 'interfaces', 'interface_receive_bytes_total{interface="lo"'],
  ])('distinguishes network namespaces with the same name: %s', async (_, part, series) => {
    const places = [1, 2].map((inode) => ({ inode, name: 'web', own: false }));
    const source = sourceOfReaders(
      { platform: 'linux', protocols: ['tcp'], facts: [...linuxFacts, 'netns'] },
      {
        async *sockets(query) {
          for (const netns of places) yield [{ ...server, netns }].filter(query.keep);
        },
        async *statistics() {
          for (const netns of places) yield [{ ...counter('Tcp', 'InSegs', 1), netns }];
        },
        async *interfaces() {
          for (const netns of places)
            yield [netInterface('lo', { received: traffic({ bytes: 1n }), netns })];
        },
      },
    );
    const systemFacts = async () => places.map((netns) => ({ values: {}, missing: {}, netns }));
    const { lines } = await measured({ ...source, systemFacts }, { netns: 'all' }, [part]);
    const samples = lines.filter((line) => line.startsWith(series));
    expect(samples.map((line) => /netns="([^"]*)"/.exec(line)?.[1])).toEqual([
      'web (1)',
      'web (2)',
    ]);
  });
});
