import { describe, expect, it, test } from 'vitest';
import { NetstatError } from '../../../../src/errors.ts';
import type { SystemFact, SystemValues } from '../../../../src/model/machine/system-facts.ts';
import { filesBelow, systemFacts } from '../../../../src/sources/linux/system/system-facts.ts';
import { type FakeMachine, fakeProc, systemError } from '../support/fake-proc.ts';
import { machineRoot } from '../workloads/machine.ts';

const files: FakeMachine['files'] = {
  'sys/net/ipv4/ip_local_port_range': '32768\t60999\n',
  'sys/net/ipv4/ip_local_reserved_ports': '40000-40009\n',
  'sys/net/ipv4/tcp_max_tw_buckets': '65536\n',
  'sys/net/ipv4/tcp_max_orphans': '32768\n',
  'sys/net/ipv4/tcp_max_syn_backlog': '1024\n',
  'sys/net/core/somaxconn': '4096\n',
  'sys/net/ipv4/tcp_syncookies': '1\n',
  'sys/net/ipv4/tcp_mem': '1\t2\t3\n',
  'net/sockstat': 'sockets: used 27\nTCP: inuse 1 orphan 26 tw 3 alloc 28 mem 145\n',
  'sys/net/netfilter/nf_conntrack_count': '7\n',
  'sys/net/netfilter/nf_conntrack_max': '262144\n',
  'sys/net/ipv4/tcp_tw_reuse': '2\n',
  'sys/net/ipv4/tcp_timestamps': '1\n',
  'sys/net/ipv4/neigh/default/gc_thresh3': '1024\n',
  'sys/net/ipv6/neigh/default/gc_thresh3': '512\n',
  'net/stat/arp_cache': 'entries allocs\n0000000a 1\n',
  'net/stat/ndisc_cache': 'entries allocs\n00000002 1\n',
};

const of = (fact: SystemFact, machine: FakeMachine = { files }) =>
  systemFacts({ ...fakeProc(machine), isOwn: true }, null, [fact]);

test.each<[SystemFact, SystemValues[SystemFact]]>([
  ['localPortRange', { first: 32_768, last: 60_999 }],
  ['reservedPorts', [{ first: 40_000, last: 40_009 }]],
  ['timeWaitReuse', 2],
  ['tcpTimestamps', 1],
  ['timeWaitLimit', 65_536],
  ['orphanLimit', 32_768],
  ['synBacklogLimit', 1024],
  ['acceptQueueLimit', 4096],
  ['synCookies', 1],
  ['tcpMemoryLimits', { low: 1, pressure: 2, high: 3 }],
  ['tcpUse', { inUse: 1, orphans: 26, timeWait: 3, memoryPages: 145 }],
  ['conntrack', { count: 7, limit: 262_144 }],
  ['neighbours', { count: 10, limit: 1024 }],
  ['neighbours6', { count: 2, limit: 512 }],
])('%s is read', (fact, value) => {
  expect(of(fact)).toEqual({ values: { [fact]: value }, missing: {} });
});

test('nothing is read but what is asked for', () => {
  const proc = fakeProc({ files });
  systemFacts({ ...proc, isOwn: true }, null, ['acceptQueueLimit']);
  expect(proc.calls).toEqual(['read sys/net/core/somaxconn']);
});

describe('the files of a machine below a folder', () => {
  const nameservers = (root: string) =>
    systemFacts(fakeProc({}), filesBelow(root), ['nameservers', 'hasSystemd']);

  it('are those that its links lead to there', () => {
    const root = machineRoot({
      '/etc/resolv.conf': { to: '/run/systemd/resolve/resolv.conf' },
      '/var/run/systemd/resolve/resolv.conf': 'nameserver 192.0.2.53\n',
      '/var/run/systemd/system/x': '',
      '/run': { to: '/var/run' },
    });
    const values = { nameservers: ['192.0.2.53'], hasSystemd: true };
    expect(nameservers(root)).toEqual({ values, missing: {} });
  });

  it('are reported as missing if links lead in a circle', () => {
    const root = machineRoot({ '/etc/resolv.conf': { to: '/etc/resolv.conf' } });
    expect(nameservers(root).missing.nameservers).toMatch(/cannot be read \(ELOOP\)$/);
  });
});

describe('what cannot be known is null, with a reason', () => {
  const path = 'sys/net/core/somaxconn';

  it.each([
    ['there is no such file', {}, /^\/proc\/sys\/net\/core\/somaxconn: not found/],
    ['no permission to read it', { [path]: systemError('EACCES') }, /permission denied$/],
    ['it cannot be read', { [path]: systemError('EIO') }, /cannot be read \(EIO\)$/],
    ['it is in another form', { [path]: 'many\n' }, /unexpected format$/],
  ])('where %s', (_, some, reason) => {
    const fact = of('acceptQueueLimit', { files: some });
    expect(fact.values).toEqual({ acceptQueueLimit: null });
    expect(fact.missing.acceptQueueLimit).toMatch(reason);
  });

  it('where one of two files is missing', () => {
    const fact = of('conntrack', { files: { 'sys/net/netfilter/nf_conntrack_count': '7\n' } });
    expect(fact.values.conntrack).toBeNull();
    expect(fact.missing.conntrack).toContain('nf_conntrack_max');
  });

  it('if the files of the machine are not available', () => {
    expect(of('nameservers').missing.nameservers).toMatch(/not available/);
  });
});

describe('settings of another network', () => {
  // Linux shows each reader those of its own network, by whichever /proc.
  const reason = 'a setting of another network namespace, which only root can enter';
  it.runIf(process.platform === 'linux').each([
    ['are read by a thread inside it', { entersNet: true }, null],
    ['are not read by its /proc', {}, reason],
  ])('%s', (_, how, missing) => {
    const proc = { ...fakeProc({ files }), isOwn: false, ...how };
    const facts = systemFacts(proc, null, ['acceptQueueLimit', 'tcpUse']);
    expect(facts.missing.acceptQueueLimit?.replace(/.*: /, '') ?? null).toBe(missing);
    expect(facts.values.tcpUse?.timeWait).toBe(3);
  });
});

describe('the descriptors of processes', () => {
  const limits = (soft: number) => `Max open files            ${soft}   4096   files\n`;
  const machine: FakeMachine = {
    files: {
      ...{ '7/limits': limits(100), '8/limits': limits(1000), '8/comm': 'erased\n' },
      ...{ '9/limits': limits(10), '11/limits': systemError('EACCES') },
    },
    processes: {
      7: { fd: {}, count: 60, cmdline: '/opt/app\0-v\0' },
      8: { fd: {}, count: 400, cmdline: '' },
      9: { fd: {}, count: 31 },
      11: { fd: {}, count: 80 },
      12: { fd: systemError('EACCES') },
    },
  };

  it('are reported for those with more than a few, with the number of hidden ones', () => {
    const { values, missing } = of('descriptors', machine);
    expect(values.descriptors).toEqual([
      { pid: 7, program: 'app', open: 60, limit: 100, hardLimit: 4096 },
      { pid: 8, program: 'erased', open: 400, limit: 1000, hardLimit: 4096 },
    ]);
    expect(missing.descriptors).toBe(
      'the descriptors of 2 processes could not be inspected; the user who captured them could not see more',
    );
  });

  it('are reported from so many on that a limit may matter, where that is known', () => {
    const { values, missing } = of('descriptors', {
      files: {
        ...{ '7/limits': limits(40), '8/limits': limits(40) },
        ...{ '9/limits': 'Max processes  7  7  processes\n', '10/limits': limits(100) },
      },
      processes: {
        ...{ 7: { fd: {}, count: 31, cmdline: 'a\0' }, 8: { fd: {}, count: 32, cmdline: 'b\0' } },
        ...{ 9: { fd: {}, count: 90, cmdline: 'c\0' }, 10: { fd: {}, count: 90, cmdline: 'd\0' } },
      },
    });
    expect(values.descriptors?.map(({ program }) => program)).toEqual(['b', 'd']);
    expect(missing).toEqual({});
  });

  it('of one process may not be seen', () => {
    const processes = { 12: { fd: systemError('EACCES') } };
    expect(of('descriptors', { processes }).missing.descriptors).toBe(
      'the descriptors of 1 process could not be inspected; the user who captured them could not see more',
    );
  });

  it('does not advise root to run as root', () => {
    const root = { 'self/status': 'Uid:\t0\t0\t0\t0\nCapEff:\t000001ffffffffff\n' };
    for (const fact of ['descriptors', 'oddProcesses'] as const) {
      const { missing } = of(fact, {
        isLive: true,
        processes: { 12: { fd: systemError('EACCES'), exe: systemError('EACCES') } },
        files: root,
      });
      expect(missing[fact]).toMatch(
        /1 process could not be inspected; CAP_SYS_PTRACE is present, so a security module/,
      );
    }
  });

  it('are unknown where processes cannot be listed', () => {
    const fact = of('descriptors', {
      unlisted: new NetstatError('unreadable', '/proc: permission denied'),
    });
    expect(fact.values.descriptors).toBeNull();
  });
});

const threshold = 'sys/net/ipv4/neigh/default/gc_thresh3';

test.each<[string, Parameters<typeof fakeProc>[0]['files'], boolean | null]>([
  ['the first network has the limits of the neighbour tables', { [threshold]: '1024\n' }, true],
  ['one that was made later has not', {}, false],
  ['where they may not be read it is not known', { [threshold]: systemError('EACCES') }, null],
])('%s', (_, files, expected) => {
  const proc = { ...fakeProc({ files: files ?? {} }), isOwn: true };
  expect(systemFacts(proc, null, ['isFirstNetwork']).values.isFirstNetwork).toBe(expected);
});

test('without the files of the machine it is not known whether systemd runs', () => {
  const { values, missing } = systemFacts(fakeProc({}), null, ['hasSystemd']);
  expect(values.hasSystemd).toBeNull();
  expect(missing.hasSystemd).toMatch(/not available/);
});
