import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { metrics } from '../../src/commands/metrics.ts';
import { NetstatError } from '../../src/errors.ts';
import type { Host } from '../../src/host.ts';
import type { Counter } from '../../src/model/machine/counter.ts';
import type { NetInterface } from '../../src/model/machine/interface.ts';
import type { ReportKind, Warning } from '../../src/model/report/snapshot.ts';
import type { Socket } from '../../src/model/socket/socket.ts';
import { taskFrom } from '../../src/options/command-line.ts';
import type { Task } from '../../src/options/index.ts';
import { sourceOfReaders } from '../../src/sources/readers.ts';
import type { Source, SourceQuery } from '../../src/sources/source.ts';
import { counter, inet, netInterface, owner, traffic } from '../support/builders.ts';
import { fakeHost } from '../support/fake-host.ts';
import { fakeMachines, refused } from '../support/fake-machines.ts';
import { linuxFacts } from '../support/fake-source.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

type Metrics = Extract<Task, { kind: 'metrics' }>;

/** A machine, and what keeps it from telling all. */
interface Scene {
  readonly sockets?: readonly Socket[];
  readonly counters?: readonly Counter[];
  readonly interfaces?: readonly NetInterface[];
  readonly warnings?: readonly Warning[];
  readonly fails?: readonly ReportKind[];
  readonly lacks?: readonly ReportKind[];
  readonly asked?: SourceQuery[];
}

function sourceOf(scene: Scene): Source {
  const { fails = [], warnings = [], lacks = [], asked = [] } = scene;
  async function* rows<T>(report: ReportKind, all: readonly T[]) {
    if (fails.includes(report)) {
      throw new NetstatError('unreadable', `/proc/net/${report}: it hangs`, { path: report });
    }
    if (all.length > 0) yield all;
  }
  const source = sourceOfReaders(
    { platform: 'linux', protocols: ['tcp', 'udp', 'unix'], facts: linuxFacts },
    {
      sockets: (query, sink) => {
        asked.push(query);
        for (const warning of warnings) sink.warn(warning);
        return rows('sockets', (scene.sockets ?? []).filter(query.keep));
      },
      statistics: () => rows('statistics', scene.counters ?? []),
      interfaces: () => rows('interfaces', scene.interfaces ?? []),
    },
  );
  return { ...source, reports: source.reports.filter((one) => !lacks.includes(one)) };
}

async function run(
  line: string,
  scene: Scene = {},
  changes: Partial<Host> = {},
  source = sourceOf(scene),
) {
  const { host, written } = fakeHost(changes);
  const task = taskFrom(['--format', 'prometheus', ...line.split(' ').filter((one) => one !== '')]);
  const code = await metrics(task as Metrics, host, async () => source);
  const lines = written.stdout.split('\n').filter((one) => one !== '' && !one.startsWith('#'));
  return { code, lines, ...written };
}

/** The same of machines, of which only those with a scene answer. */
function runOn(
  names: readonly string[],
  line: string,
  scenes: Readonly<Record<string, Scene>> = {},
) {
  const machines = names.map((name) => {
    const scene = scenes[name];
    return [name, scene === undefined ? [{ failure: refused(name) }] : sourceOf(scene)] as const;
  });
  const source = fakeMachines(Object.fromEntries(machines));
  return run(`--on ${names.join()} ${line}`, {}, {}, source);
}

const machine: Scene = {
  sockets: [
    inet('0.0.0.0:443', '0.0.0.0:0', { owners: [owner(812, 'nginx')] }),
    inet('192.0.2.1:443', '203.0.113.9:5000', { owners: [owner(812, 'nginx')] }),
    inet('192.0.2.1:443', '203.0.113.9:5001', {
      owners: [owner(812, 'nginx')],
      state: 'CLOSE_WAIT',
    }),
  ],
  counters: [counter('Tcp', 'InSegs', 7n), counter('Udp', 'InErrors', 0n)],
  interfaces: [netInterface('eth0', { received: traffic({ bytes: 5n }) })],
};

describe('what is printed', () => {
  it('is sockets, counters, interfaces, and how the reading went', async () => {
    const { code, lines, stderr } = await run('', machine);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(lines).toEqual(
      expect.arrayContaining([
        'tsnetstat_sockets{protocol="tcp",family="ipv4",state="CLOSE_WAIT"} 1',
        'tsnetstat_listener{protocol="tcp",address="0.0.0.0",port="443",program="nginx",workload=""} 1',
        'tsnetstat_service_connections{protocol="tcp",port="443"} 2',
        'tsnetstat_program_sockets{program="nginx"} 3',
        'tsnetstat_tcp_in_segs_total 7',
        'tsnetstat_interface_receive_bytes_total{interface="eth0"} 5',
        'tsnetstat_reading_errors{code="unreadable"} 0',
        'tsnetstat_build_info{version="0.0.0"} 1',
      ]),
    );
  });

  it.each([
    ['-s', ['tcp_in_segs', 'udp_in_errors'], ['sockets', 'listener', 'interface_']],
    ['-st', ['tcp_in_segs'], ['udp_in_errors', 'sockets', 'interface_']],
    ['-i', ['interface_receive_bytes'], ['sockets', 'tcp_in_segs']],
    ['-t', ['sockets', 'tcp_in_segs', 'interface_'], ['udp_in_errors']],
    ['-x', ['sockets', 'interface_'], ['tcp_in_segs']],
  ])('of %s is what it asks for', async (line, there, absent) => {
    const unix = {
      protocol: 'unix',
      family: 'unix',
      state: 'CONNECTED',
      owners: [],
      noOwner: 'none',
    };
    const sockets = [...(machine.sockets ?? []), unix as unknown as Socket];
    const { lines } = await run(line, { ...machine, sockets });
    const hasSample = (name: string) => lines.some((one) => one.startsWith(`tsnetstat_${name}`));
    expect(there.filter((name) => !hasSample(name))).toEqual([]);
    expect(absent.filter(hasSample)).toEqual([]);
  });

  it('counts connections for services whose servers were not chosen', async () => {
    const { lines } = await run('--state close-wait', machine);
    expect(lines).toContain('tsnetstat_service_connections{protocol="tcp",port="443"} 1');
    expect(lines.filter((one) => one.startsWith('tsnetstat_listener'))).toEqual([]);
  });

  it('has what --metrics-remote names', async () => {
    const sockets = [
      inet('192.0.2.1:40000', '203.0.113.9:5432'),
      inet('192.0.2.1:40001', '203.0.113.9:8042'),
    ];
    const { lines } = await run('--metrics-remote 5432,8000-8100', { sockets });
    expect(lines.filter((one) => one.startsWith('tsnetstat_remote'))).toEqual([
      'tsnetstat_remote_connections{protocol="tcp",port="5432"} 1',
      'tsnetstat_remote_connections{protocol="tcp",port="8000-8100"} 1',
      'tsnetstat_remote_connections{protocol="tcp",port="other"} 0',
    ]);
  });

  it.each(['no-such-service', '70000', '*'])('refuses --metrics-remote %s', async (port) => {
    await expect(run(`--metrics-remote ${port}`)).rejects.toThrow(/--metrics-remote/);
  });
});

describe('what could not be read', () => {
  it.each<[ReportKind, RegExp]>([
    ['sockets', /^tsnetstat_(?:sockets|listener)/],
    ['statistics', /^tsnetstat_tcp_in/],
    ['interfaces', /^tsnetstat_interface_/],
  ])('%s: the rest is printed, with the error', async (report, own) => {
    const { code, lines, stderr } = await run('', { ...machine, fails: [report] });
    expect(code).toBe(0);
    expect(stderr).toBe(`tsnetstat: warning: /proc/net/${report}: it hangs\n`);
    expect(lines.filter((one) => own.test(one))).toEqual([]);
    expect(lines).toContain('tsnetstat_reading_errors{code="unreadable"} 1');
    expect(lines.length).toBeGreaterThan(15);
  });

  it('of several parts is as many errors', async () => {
    const { code, lines } = await run('', { ...machine, fails: ['sockets', 'statistics'] });
    expect(code).toBe(0);
    expect(lines).toContain('tsnetstat_reading_errors{code="unreadable"} 2');
  });

  it.each<[string, readonly ReportKind[]]>([
    ['', ['sockets', 'statistics', 'interfaces']],
    ['-s', ['statistics']],
    ['-i', ['interfaces']],
  ])('%j: all that was asked for fails, and there is no answer', async (line, fails) => {
    await expect(run(line, { ...machine, fails })).rejects.toThrow('it hangs');
  });

  it('is not none: tables have no zeros, nor their queues', async () => {
    const message = '/proc/net/tcp: permission denied';
    const warnings = [{ code: 'forbidden', message, source: '/proc/net/tcp' }] as const;
    const { lines, stderr } = await run('', { warnings });
    expect(stderr).toBe(`tsnetstat: warning: ${message}\n`);
    const sockets = lines.filter((one) => one.startsWith('tsnetstat_sockets{'));
    expect(sockets).toHaveLength(5);
    expect(sockets.every((one) => one.includes('family="ipv6"'))).toBe(true);
    expect(lines).toContain('tsnetstat_reading_errors{code="forbidden"} 1');
  });

  it('is not reported if the platform never provides it, unless it was named', async () => {
    const { code, lines } = await run('', { ...machine, lacks: ['statistics'] });
    expect(code).toBe(0);
    expect(lines).toContain('tsnetstat_reading_errors{code="unsupported"} 0');
    await expect(run('-s', { ...machine, lacks: ['statistics'] })).rejects.toThrow(NetstatError);
  });
});

describe('--save', () => {
  const folder = temporaryFolder('tsnetstat-metrics-');
  const path = join(folder, 'sockets.prom');

  it('writes what would be printed, whole and with its mode, and nothing aside is left', async () => {
    const { code, stdout } = await run(`--save ${path} --save-mode 0644`, machine);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(readFileSync(path, 'utf8')).toMatch(
      /^# HELP[\s\S]*tsnetstat_build_info\{version="0.0.0"\} 1\n$/,
    );
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o644);
    expect(readdirSync(folder)).toEqual(['sockets.prom']);
  });

  it('leaves the file as it was where nothing can be read', async () => {
    const before = readFileSync(path, 'utf8');
    const fails = ['sockets', 'statistics', 'interfaces'] as const;
    await expect(run(`--save ${path}`, { ...machine, fails })).rejects.toThrow('it hangs');
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(readdirSync(folder)).toEqual(['sockets.prom']);
  });

  it('says that no machine answered, since the old ones would still say that they are up', async () => {
    const answered = await runOn(['web1', 'web2'], `--save ${path}`, { web1: {} });
    expect(answered.code).toBe(0);
    const { code, stderr } = await runOn(['web1', 'web2'], `--save ${path}`);
    expect(code).toBe(2);
    expect(stderr.match(/^tsnetstat: warning: web[12]: ssh: /gm)).toHaveLength(2);
    const up = readFileSync(path, 'utf8').match(/^tsnetstat_host_up.*/gm);
    expect(up).toEqual(['tsnetstat_host_up{host="web1"} 0', 'tsnetstat_host_up{host="web2"} 0']);
    const printed = await runOn(['web1', 'web2'], '');
    expect([printed.code, printed.stdout.match(/^tsnetstat_host_up.*/gm)]).toEqual([2, up]);
  });

  it('- is standard output', async () => {
    expect((await run('--save -', machine)).lines.length).toBeGreaterThan(20);
  });
});

describe('what is asked of the source', () => {
  it('is one owner each, and neither details nor peers', async () => {
    const asked: SourceQuery[] = [];
    await run('', { ...machine, asked });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ owners: { depth: 'first', details: false } });
  });

  it('is every owner where a filter asks for one', async () => {
    const asked: SourceQuery[] = [];
    await run('--program nginx', { ...machine, asked });
    expect(asked.at(-1)).toMatchObject({ owners: { depth: 'all' } });
  });
});
