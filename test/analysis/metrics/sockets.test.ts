import { describe, expect, it, test } from 'vitest';
import { collector } from '../../../src/analysis/metrics/collector.ts';
import { socketCounts } from '../../../src/analysis/metrics/sockets.ts';
import type { ReuseSettings } from '../../../src/analysis/port-reuse.ts';
import type { PortRange } from '../../../src/model/address/port.ts';
import type { Netns } from '../../../src/model/machine/netns.ts';
import type { Socket } from '../../../src/model/socket/socket.ts';
import { inet, owner, tcpInfo, unit, unixSocket } from '../../support/builders.ts';
import { asked, familiesOf, samplesOf, tcpTables } from './support.ts';

function samples(
  beginning: string,
  sockets: readonly Socket[],
  changes: Parameters<typeof familiesOf>[1] = {},
  tables: Parameters<typeof familiesOf>[2] = [],
) {
  return samplesOf(familiesOf(sockets, changes, tables), beginning);
}

describe('sockets by protocol, family and state', () => {
  it('counts each state, and those of a code without a name as one', () => {
    const sockets = [
      inet('127.0.0.1:80', ''),
      inet('[::1]:80', '[::1]:40000'),
      inet('127.0.0.1:80', '127.0.0.1:40000', { state: 'CLOSE_WAIT' }),
      inet('127.0.0.1:80', '127.0.0.1:40001', { state: 'CLOSE_WAIT' }),
      inet('127.0.0.1:80', '127.0.0.1:40002', { state: 'UNKNOWN(77)' }),
      inet('127.0.0.1:80', '127.0.0.1:40003', { state: 'UNKNOWN(78)' }),
      inet('0.0.0.0:53', '', { protocol: 'udp', state: null }),
      unixSocket({ state: 'CONNECTED' }),
    ];
    expect(samples('sockets{', sockets)).toEqual([
      'sockets{protocol="tcp",family="ipv4",state="CLOSE_WAIT"} 2',
      'sockets{protocol="tcp",family="ipv4",state="LISTEN"} 1',
      'sockets{protocol="tcp",family="ipv4",state="UNKNOWN"} 2',
      'sockets{protocol="tcp",family="ipv6",state="ESTABLISHED"} 1',
      'sockets{protocol="udp",family="ipv4",state=""} 1',
      'sockets{protocol="unix",family="unix",state="CONNECTED"} 1',
    ]);
  });

  it.each([
    ['of tables that were read', 'all', tcpTables, 10],
    ['of no table that was not', 'all', [{ protocol: 'tcp', family: 'inet6' }], 5],
    ['of no state that was not chosen', 'listening', tcpTables, 2],
    ['of no protocol but TCP', 'all', [{ protocol: 'udp', family: 'inet' }], 0],
  ] as const)('reports 0 for the states that alerts watch, %s', (_, which, tables, zeros) => {
    const lines = samples('sockets{', [], { which }, tables);
    expect(lines).toHaveLength(zeros);
    expect(lines.every((line) => line.endsWith(' 0'))).toBe(true);
  });
});

describe('servers', () => {
  it('are reported with their owners; those of one place and owner as one', () => {
    const nginx = {
      owners: [owner(812, 'nginx: worker process')],
      workload: unit('nginx.service'),
    };
    const sockets = [
      inet('0.0.0.0:443', '', { ...nginx, inode: 1 }),
      inet('0.0.0.0:443', '', { ...nginx, inode: 2 }),
      inet('[::]:22', '', { owners: [], noOwner: 'denied', workload: null }),
      inet('[fe80::1]:546', '[::]', {
        protocol: 'udp',
        local: { address: 'fe80::1', port: 546, zone: 'eth0' },
      }),
    ];
    expect(samples('listener', sockets)).toEqual([
      'listener{protocol="tcp",address="::",port="22",program="",workload=""} 1',
      'listener{protocol="tcp",address="0.0.0.0",port="443",program="nginx",workload="nginx.service"} 2',
      'listener{protocol="udp",address="fe80::1%eth0",port="546",program="",workload=""} 1',
    ]);
  });

  const usual = { first: 32_768, last: 60_999 };
  it.each<[string, number, boolean, PortRange | null, readonly PortRange[], boolean]>([
    ['the system gives its port away', 40_000, false, usual, [], false],
    ['its port is named', 40_000, true, usual, [], true],
    ['its port is reserved', 40_000, false, usual, [{ first: 40_000, last: 40_000 }], true],
    ['the range is not known, and it is dynamic', 50_000, false, null, [], false],
    ['the range is not known, and it is not', 40_000, false, null, [], true],
  ])('where %s', (_, port, named, range, reserved, isTold) => {
    const isNamed = () => named;
    const localPorts = { range, reserved };
    const systemOf = () => ({ localPorts, reuse: {}, timeWaitLimit: null });
    const sockets = [
      inet(`0.0.0.0:${port}`, ''),
      inet(`0.0.0.0:${port}`, '0.0.0.0', { protocol: 'udp' }),
    ];
    expect(samples('listener', sockets, { isNamed, systemOf })).toHaveLength(isTold ? 2 : 0);
    expect(samples('accept_queue_length', sockets, { isNamed, systemOf })).toEqual([
      isTold
        ? `accept_queue_length{protocol="tcp",address="0.0.0.0",port="${port}"} 0`
        : 'accept_queue_length{protocol="other",address="other",port="other"} 0',
    ]);
  });

  it('beyond the limit are one, with the fullest queue', () => {
    const server = (port: number, length: number, limit: number) =>
      inet(`0.0.0.0:${port}`, '', { acceptQueue: { length, limit } });
    const sockets = [
      server(84, 1, 128),
      server(80, 0, 511),
      server(82, 90, 100),
      server(83, 95, 4096),
    ];
    const lines = samples('', sockets, { top: 1 }).filter((line) =>
      /^(listener|accept)/.test(line),
    );
    expect(lines).toEqual([
      'listener{protocol="tcp",address="0.0.0.0",port="80",program="",workload=""} 1',
      'listener{protocol="other",address="other",port="other",program="other",workload="other"} 3',
      'accept_queue_length{protocol="tcp",address="0.0.0.0",port="80"} 0',
      'accept_queue_length{protocol="other",address="other",port="other"} 90',
      'accept_queue_limit{protocol="tcp",address="0.0.0.0",port="80"} 511',
      'accept_queue_limit{protocol="other",address="other",port="other"} 100',
    ]);
  });

  it('at a path have a queue as long as anybody waits in it, the fullest first, and others one', () => {
    const at = (path: string | null, inode: number) =>
      unixSocket({ path, inode, state: 'LISTENING' });
    const sockets = [at('/run/a', 1), at('/run/b', 2), at('/run/b', 3), at(null, 4), at('@c', 5)];
    const lengths = [0, 2, 7, 9, 4];
    const before = sockets.map((socket, place) => ({
      ...socket,
      acceptQueue: { length: lengths[place] ?? 0, limit: 8 },
    }));
    const families = familiesOf([...sockets, at('/run/unknown', 6)], { top: 2 }, [], before);
    expect(samplesOf(families, 'accept_queue')).toEqual([
      'accept_queue_length{protocol="unix",address="",port=""} 9',
      'accept_queue_length{protocol="unix",address="/run/b",port=""} 7',
      'accept_queue_length{protocol="other",address="other",port="other"} 4',
      'accept_queue_limit{protocol="unix",address="",port=""} 8',
      'accept_queue_limit{protocol="unix",address="/run/b",port=""} 8',
      'accept_queue_limit{protocol="other",address="other",port="other"} 8',
    ]);
    expect(samplesOf(families, 'listener')).toEqual([]);
  });

  it('on ephemeral ports have the fullest of their queues in other, where a full one is seen', () => {
    const idle = inet('0.0.0.0:40000', '', { acceptQueue: { length: 0, limit: 128 }, inode: 1 });
    const hung = inet('0.0.0.0:50051', '', { inode: 2 });
    const before = { ...hung, acceptQueue: { length: 129, limit: 128 } };
    const families = familiesOf([idle, hung, idle], {}, [], [before]);
    expect(samplesOf(families, 'accept_queue')).toEqual([
      'accept_queue_length{protocol="other",address="other",port="other"} 129',
      'accept_queue_limit{protocol="other",address="other",port="other"} 128',
    ]);
    expect(samplesOf(families, 'listener')).toEqual([]);
  });

  it.each<[string, number, readonly (readonly [length: number, limit: number])[], string]>([
    [
      'a filling one before an empty one of backlog 0',
      50_051,
      [
        [0, 0],
        [91, 101],
      ],
      '91',
    ],
    [
      'a full one before a filling one',
      50_051,
      [
        [4000, 4096],
        [1, 0],
        [99, 100],
      ],
      '1',
    ],
    [
      'of two the one with the larger share',
      50_051,
      [
        [50, 100],
        [60, 4096],
      ],
      '50',
    ],
    [
      'so of the sockets at one port',
      80,
      [
        [0, 0],
        [91, 101],
      ],
      '91',
    ],
  ])('show of several queues the fullest: %s', (_, port, queues, length) => {
    const sockets = queues.map(([length, limit]) =>
      inet(`0.0.0.0:${port}`, '', { acceptQueue: { length, limit } }),
    );
    const [line] = samples('accept_queue_length', sockets);
    expect(line?.split(' ')[1]).toBe(length);
  });

  it('without a limit of their queue have no sample for it', () => {
    const sockets = [inet('0.0.0.0:80', '', { recvQueue: 3 })];
    expect(samples('accept_queue', sockets)).toEqual([
      'accept_queue_length{protocol="tcp",address="0.0.0.0",port="80"} 3',
    ]);
  });
});

describe('connections', () => {
  const server = inet('0.0.0.0:443', '');
  const client = (port: number, changes = {}) =>
    inet('192.0.2.1:443', `203.0.113.9:${port}`, changes);

  it('count for the port of a server here, whichever comes first; the rest is other', () => {
    const sockets = [
      client(5000),
      client(5001, { state: 'TIME_WAIT' }),
      client(5002, { state: 'SYN_RECV' }),
      server,
      inet('192.0.2.1:40000', '203.0.113.9:5432'),
      inet('192.0.2.1:1000', '203.0.113.9:2049'),
    ];
    expect(samples('service_connections', sockets)).toEqual([
      'service_connections{protocol="tcp",port="443"} 2',
      'service_connections{protocol="tcp",port="other"} 2',
    ]);
  });

  it('count as other at ports that the system gave away, even if servers have them', () => {
    const sockets = [
      inet('0.0.0.0:40000', '', { protocol: 'udp' }),
      inet('192.0.2.1:40000', '203.0.113.9:53', { protocol: 'udp', state: 'ESTABLISHED' }),
    ];
    expect(samples('service_connections', sockets)).toEqual([
      'service_connections{protocol="udp",port="other"} 2',
    ]);
  });

  it('count for a server that is not among the chosen sockets, unless nothing is served there', () => {
    const all = [
      server,
      client(5000),
      inet('192.0.2.1:22', '203.0.113.9:5000'),
      inet('0.0.0.0:1', '', { protocol: 'raw', state: null }),
    ];
    const chosen = [client(5000), inet('192.0.2.1:22', '203.0.113.9:5000')];
    const lines = samplesOf(familiesOf(chosen, {}, [], all), 'service_connections');
    expect(lines).toEqual([
      'service_connections{protocol="tcp",port="443"} 1',
      'service_connections{protocol="tcp",port="other"} 1',
    ]);
  });

  it('beyond the limit are other: the services with the fewest, and of the same number the highest ports', () => {
    const serving = [81, 80, 443].map((port) => inet(`0.0.0.0:${port}`, ''));
    const clients = [81, 80, 443, 443].map((port, number) =>
      inet(`192.0.2.1:${port}`, `203.0.113.9:${5000 + number}`),
    );
    const at = (top: number) => samples('service_connections', [...serving, ...clients], { top });
    expect(at(1)).toEqual([
      'service_connections{protocol="tcp",port="443"} 2',
      'service_connections{protocol="tcp",port="other"} 2',
    ]);
    expect(at(2)).toEqual([
      'service_connections{protocol="tcp",port="443"} 2',
      'service_connections{protocol="tcp",port="80"} 1',
      'service_connections{protocol="tcp",port="other"} 1',
    ]);
  });

  it('count by remote port where that was asked for', () => {
    const remoteLabel = (port: number) => (port === 5432 ? '5432' : undefined);
    const sockets = [
      inet('192.0.2.1:40000', '203.0.113.9:5432'),
      inet('192.0.2.1:40001', '203.0.113.9:5432'),
      inet('192.0.2.1:40002', '203.0.113.9:80'),
      inet('192.0.2.1:40003', '203.0.113.9:53', { protocol: 'udp', state: 'ESTABLISHED' }),
    ];
    const changes = { remoteLabel, remoteLabels: ['5432', '6379'] };
    expect(samples('remote_connections', sockets, changes, tcpTables)).toEqual([
      'remote_connections{protocol="tcp",port="5432"} 2',
      'remote_connections{protocol="tcp",port="6379"} 0',
      'remote_connections{protocol="tcp",port="other"} 1',
      'remote_connections{protocol="udp",port="other"} 1',
    ]);
    expect(samples('remote_connections', sockets)).toEqual([]);
    // In tables that were not read, none does not mean zero.
    expect(samples('remote_connections', [], changes)).toEqual([]);
  });

  it('take local ports by destination, TIME_WAIT included, of those that can be given', () => {
    const localPorts = { range: { first: 100, last: 109 }, reserved: [{ first: 108, last: 200 }] };
    const systemOf = () => ({ localPorts, reuse: {}, timeWaitLimit: null });
    const sockets = [
      inet('192.0.2.1:100', '203.0.113.9:80'),
      inet('192.0.2.1:101', '203.0.113.9:80', { state: 'TIME_WAIT' }),
      inet('[::ffff:192.0.2.1]:102', '[::ffff:203.0.113.9]:80'),
      inet('192.0.2.2:100', '203.0.113.9:80'),
      inet('192.0.2.1:103', '203.0.113.9:81', { state: 'SYN_RECV' }),
      client(5000),
    ];
    expect(samples('local_ports', sockets, { systemOf }, tcpTables)).toEqual([
      'local_ports_used_ratio{rank="1"} 0.375',
      'local_ports_used_ratio{rank="2"} 0.125',
      ...[3, 4, 5].map((rank) => `local_ports_used_ratio{rank="${rank}"} 0`),
    ]);
    const unknown = () => ({
      localPorts: { range: null, reserved: [] },
      reuse: {},
      timeWaitLimit: null,
    });
    expect(samples('local_ports', sockets, { systemOf: unknown }, tcpTables)).toEqual([]);
    // Of tables that were not read to their end.
    expect(samples('local_ports', sockets, { systemOf })).toEqual([]);
  });

  it.each<[string, ReuseSettings, readonly number[]]>([
    ['never', { timeWaitReuse: 0 }, [0.3, 0.2]],
    ['on loopback', { timeWaitReuse: 2, tcpTimestamps: 1 }, [0.2, 0.1]],
    ['everywhere', { timeWaitReuse: 1, tcpTimestamps: 1 }, [0.1, 0.1]],
    ['never without timestamps', { timeWaitReuse: 1, tcpTimestamps: 0 }, [0.3, 0.2]],
  ])('take no local ports in TIME_WAIT that connect(2) reuses: %s', (_, reuse, expected) => {
    const localPorts = { range: { first: 100, last: 109 }, reserved: [] };
    const systemOf = () => ({ localPorts, reuse, timeWaitLimit: null });
    const over = { state: 'TIME_WAIT' } as const;
    const sockets = [
      inet('127.0.0.1:100', '127.0.0.1:80'),
      inet('127.0.0.1:101', '127.0.0.1:80', over),
      inet('127.0.0.1:102', '127.0.0.1:80', over),
      inet('192.0.2.1:100', '203.0.113.9:80'),
      inet('192.0.2.1:101', '203.0.113.9:80', over),
    ];
    expect(samples('local_ports', sockets, { systemOf }, tcpTables).slice(0, 2)).toEqual(
      expected.map((share, at) => `local_ports_used_ratio{rank="${at + 1}"} ${share}`),
    );
  });

  it('spread their round-trip times and retransmissions by service', () => {
    const info = (rtt: number | null, sent: bigint, again: bigint) => ({
      tcpInfo: tcpInfo({ rtt, bytesSent: sent, bytesRetransmitted: again }),
    });
    const sockets = [
      server,
      client(1, info(0.3, 1000n, 0n)),
      client(2, info(30, 1000n, 15n)),
      client(3, info(null, 0n, 0n)),
      inet('192.0.2.1:40000', '203.0.113.9:5432', info(9000, 100n, 90n)),
    ];
    const lines = samples('connection', sockets, { tcpInfo: true });
    expect(lines).toEqual(
      expect.arrayContaining([
        'connection_rtt_seconds_bucket{port="443",le="0.0001"} 0',
        'connection_rtt_seconds_bucket{port="443",le="0.0005"} 1',
        'connection_rtt_seconds_bucket{port="443",le="0.025"} 1',
        'connection_rtt_seconds_bucket{port="443",le="0.05"} 2',
        'connection_rtt_seconds_bucket{port="443",le="+Inf"} 2',
        'connection_rtt_seconds_count{port="443"} 2',
        'connection_rtt_seconds_bucket{port="other",le="2.5"} 0',
        'connection_rtt_seconds_bucket{port="other",le="+Inf"} 1',
        'connection_rtt_seconds_sum{port="other"} 9',
        'connection_retransmitted_ratio_bucket{port="443",le="0.0"} 1',
        'connection_retransmitted_ratio_bucket{port="443",le="0.02"} 2',
        'connection_retransmitted_ratio_sum{port="443"} 0.015',
        'connection_retransmitted_ratio_sum{port="other"} 0.9',
      ]),
    );
  });

  it('are measured before their rows are made, but not what only listens, begins or is over', () => {
    const counts = socketCounts(asked({ tcpInfo: true }));
    for (const state of ['ESTABLISHED', 'LISTEN', 'TIME_WAIT', 'SYN_RECV', 'FIN_WAIT1'] as const) {
      counts.glance({
        ...{ state, timer: 'off', retransmits: 0, probes: 0, recvQueue: 0, inode: 7 },
        ...{ localPort: 40_000, remotePort: 80, retransmitted: 0, rtt: 30 },
        ...{ bytesSent: 1000, bytesRetransmitted: 15 },
      });
    }
    const into = collector();
    counts.collect(into, tcpTables, [undefined]);
    const lines = samplesOf(into.families(), 'connection');
    expect(lines).toContain('connection_rtt_seconds_count{port="other"} 2');
    expect(lines).toContain('connection_retransmitted_ratio_count{port="other"} 2');
  });

  it.each([
    ['it was not asked for', false, [client(1)]],
    ['no connection reports it', true, [client(1, { tcpInfo: null })]],
  ])('have no spread where %s', (_, isAsked, sockets) => {
    expect(samples('connection', sockets, { tcpInfo: isAsked }, tcpTables)).toEqual([]);
  });

  it('are spread at none where there is none, if that was read', () => {
    const count = (tables: typeof tcpTables) =>
      samples('connection', [], { tcpInfo: true }, tables).filter((line) =>
        line.includes('_count'),
      );
    expect(count(tcpTables)).toEqual([
      'connection_rtt_seconds_count{port="other"} 0',
      'connection_retransmitted_ratio_count{port="other"} 0',
    ]);
    expect(count([])).toEqual([]);
  });

  it('have no distribution of retransmissions if a kernel does not report how much was sent', () => {
    const info = tcpInfo({ rtt: 30, bytesSent: null, bytesRetransmitted: null });
    const lines = samples(
      'connection',
      [client(1, { tcpInfo: info })],
      { tcpInfo: true },
      tcpTables,
    );
    expect(lines).toContain('connection_rtt_seconds_count{port="other"} 1');
    expect(lines.filter((line) => line.startsWith('connection_retransmitted'))).toEqual([]);
  });

  it('are not none where servers alone were chosen', () => {
    const lines = samples('', [server], { which: 'listening', tcpInfo: true }, tcpTables);
    expect(lines.filter((line) => /connection|local_ports|time_wait_sockets/.test(line))).toEqual(
      [],
    );
  });
});

describe('programs and workloads', () => {
  const held = (program: string | null, changes = {}) =>
    inet('192.0.2.1:443', '203.0.113.9:5000', { owners: [owner(812, program)], ...changes });

  it('are reported, most sockets first, and the rest as other', () => {
    const sockets = [
      ...[held('b'), held('b'), held('b'), held('a'), held('c'), held('d')],
      ...[held('other'), held('other'), held('other'), held('other')],
    ];
    expect(samples('program_sockets', sockets, { top: 2 })).toEqual([
      'program_sockets{program="b"} 3',
      'program_sockets{program="a"} 1',
      'program_sockets{program="other"} 6',
    ]);
  });

  it('sockets without an owner count by the reason', () => {
    const bare = (noOwner: Socket['noOwner']) => held('', { owners: [], noOwner });
    const sockets = [bare('denied'), bare('denied'), bare('none'), held('a'), held(null)];
    expect(samples('sockets_without', sockets)).toEqual([
      'sockets_without_owner{reason="denied"} 2',
      'sockets_without_owner{reason="none"} 1',
      'sockets_without_owner{reason="kernel"} 0',
      'sockets_without_owner{reason="unknown"} 0',
    ]);
    expect(samples('program_sockets', sockets)).toEqual([
      'program_sockets{program=""} 1',
      'program_sockets{program="a"} 1',
      'program_sockets{program="other"} 0',
    ]);
  });

  it('of several owners that counts which fits the filters', () => {
    const both = held('', { owners: [owner(1, 'systemd'), owner(812, 'sshd')] });
    const ownerFits = ({ pid }: { pid: number }) => pid === 812;
    expect(samples('program_sockets', [both], { ownerFits })[0]).toBe(
      'program_sockets{program="sshd"} 1',
    );
  });

  it('keep their name after a restart', () => {
    const pod = {
      ...unit('x'),
      kind: 'pod',
      runtime: null,
      name: 'web-7d4b9c6f5d-x2x9k',
      namespace: 'shop',
    } as const;
    const nameless = {
      ...unit('x'),
      kind: 'container',
      runtime: 'docker',
      name: null,
      id: 'f'.repeat(64),
    } as const;
    const scope = { ...unit('session-31.scope'), kind: 'scope' } as const;
    const sockets = [pod, nameless, scope].map((workload) => held('a', { workload }));
    expect(samples('workload_sockets', sockets)).toEqual([
      'workload_sockets{workload="docker"} 1',
      'workload_sockets{workload="pod:shop/web"} 1',
      'workload_sockets{workload="session-*.scope"} 1',
      'workload_sockets{workload="other"} 0',
    ]);
    expect(samples('workload_sockets', sockets, { workloads: false })).toEqual([]);
  });
});

describe('queues', () => {
  const queued = (recvQueue: number | null, sendQueue: number | null, changes = {}) =>
    inet('192.0.2.1:443', '203.0.113.9:5000', { recvQueue, sendQueue, ...changes });

  it('are added up, without those of servers', () => {
    const sockets = [
      queued(10, 1),
      queued(5, 2),
      queued(128, 4096, { remote: { address: '0.0.0.0', port: 0, zone: null }, state: 'LISTEN' }),
      queued(7, 0, { protocol: 'udp' }),
    ];
    expect(samples('receive_queue', sockets)).toEqual([
      'receive_queue_bytes{protocol="tcp"} 15',
      'receive_queue_bytes{protocol="udp"} 7',
    ]);
    expect(samples('send_queue', sockets)[0]).toBe('send_queue_bytes{protocol="tcp"} 3');
  });

  it('that are not reported have no sample, instead of 0', () => {
    expect(samples('receive_queue', [queued(null, null)], {}, tcpTables)).toEqual([]);
    expect(samples('receive_queue', [], { queues: false }, tcpTables)).toEqual([]);
    expect(samples('receive_queue', [], {}, tcpTables)).toEqual([
      'receive_queue_bytes{protocol="tcp"} 0',
    ]);
  });
});

describe('network namespaces', () => {
  const netns = (inode: number, name: string | null, own = false): Netns => ({ inode, name, own });
  const at = (one: Netns) => inet('0.0.0.0:80', '', { netns: one });

  test('each have a label, up to the limit; the others are one', () => {
    const web = netns(2, 'web');
    const sockets = [
      at(netns(1, null, true)),
      at(web),
      at(web),
      at(netns(3, 'db')),
      at(netns(4, null)),
    ];
    expect(samples('listener', sockets, { top: 2 })).toEqual([
      'listener{protocol="tcp",address="0.0.0.0",port="80",program="",workload="",netns="(own)"} 1',
      'listener{protocol="tcp",address="0.0.0.0",port="80",program="",workload="",netns="web"} 2',
      'listener{protocol="tcp",address="0.0.0.0",port="80",program="",workload="",netns="other"} 2',
    ]);
  });

  test('together have no range of local ports', () => {
    const sockets = [1, 2, 3].map((inode) => at(netns(inode, `n${inode}`)));
    const lines = samples('local_ports', sockets, { top: 1 }, tcpTables);
    expect(lines).toHaveLength(5);
    expect(lines.every((line) => line.includes('netns="n1"'))).toBe(true);
  });

  test('have the same zeros as the own one if there is no socket in them', () => {
    const changes = { remoteLabels: ['443'] };
    const zeros = samplesOf(familiesOf([], changes, tcpTables));
    expect(zeros).toContain('sockets{protocol="tcp",family="ipv4",state="LISTEN"} 0');
    const lines = samplesOf(familiesOf([], changes, tcpTables, [], [netns(2, 'web')]));
    const labelled = (line: string) => line.replace(/,?\bnetns="web"/, '').replace('{}', '');
    expect(lines.every((line) => line.includes('netns="web"'))).toBe(true);
    expect(lines.map(labelled)).toEqual(zeros);
  });

  test('keep their zeros when their last socket ends', () => {
    const [web, db] = [netns(2, 'web'), netns(3, 'db')];
    const zeros = (sockets: readonly Socket[]) =>
      samplesOf(familiesOf(sockets, {}, tcpTables, [], [web, db]), 'sockets{')
        .map((line) => line.replace(/ \d+$/, ''))
        .toSorted();
    expect(zeros([at(db)])).toEqual(zeros([at(web), at(db)]));
    expect(zeros([])).toEqual(zeros([at(web)]));
  });

  test('have no zeros together', () => {
    const all = [1, 2, 3].map((inode) => netns(inode, `n${inode}`));
    const lines = samplesOf(familiesOf([], { top: 1 }, tcpTables, [], all), 'sockets{');
    expect(lines).toHaveLength(10);
    expect(lines.every((line) => line.includes('netns="n1"'))).toBe(true);
  });
});
