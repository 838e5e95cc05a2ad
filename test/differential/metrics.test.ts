/**
 * Metrics of real sockets, with what they are for: promtool and Prometheus' parsers take them, node_exporter has
 * the same counters and reads our file, and a real Prometheus answers the queries of docs/metrics.md.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { snake } from '../../src/analysis/metrics/counters.ts';
import { boundOf } from '../analysis/metrics/bounds.ts';
import { type Output, run } from '../support/command.ts';
import { isExecutable, program, programFiles } from '../support/program.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const skipReason = reasonToSkip({
  platforms: ['linux'],
  root: true,
  programs: [
    ...['/usr/bin/python3', 'unshare', 'nsenter', 'setpriv', 'ip', 'ss', 'curl', 'sh'],
    ...['promtool', 'prometheus', 'prometheus-node-exporter'],
  ],
  files: {
    ...programFiles,
    '/usr/lib/python3/dist-packages/prometheus_client': 'install python3-prometheus-client',
  },
});

const local = (name: string) => fileURLToPath(new URL(`./metrics/${name}`, import.meta.url));

/** The world of metrics/world.py. */
interface World {
  run(command: readonly string[]): Promise<Output>;
  /** Runs a program in it until it ends. */
  start(command: readonly string[]): ChildProcess;
  /** Has it open or close connections. */
  say(line: string): Promise<void>;
  end(): Promise<void>;
}

async function startWorld(): Promise<World> {
  const apart = ['--net', '--pid', '--mount', '--fork', '--kill-child', '--mount-proc', '--'];
  const child = spawn('unshare', [...apart, '/usr/bin/python3', '-B', local('world.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const heard = async (word: string) => {
    const { value } = await lines.next();
    if (value !== word) throw new Error(`the world says ${value} for ${word}`);
  };
  await heard('ready');
  const inside = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim();
  const enter = ['nsenter', `--target=${inside}`, '--net', '--mount', '--pid', '--'];
  return {
    run: (command) => run([...enter, ...command]),
    start: ([file = '', ...args]) =>
      spawn(enter[0] as string, [...enter.slice(1), file, ...args], { stdio: 'ignore' }),
    async say(line) {
      child.stdin.write(`${line}\n`);
      await heard('done');
    },
    async end() {
      child.stdin.end();
      await ended;
    },
  };
}

/** Series with their labels, and their values as they are written. */
function seriesIn(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

/** What the families of a reading have in series, by their names. */
function perFamily(series: ReadonlyMap<string, string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of series.keys()) {
    const name = key.replace(/\{.*/, '').replace(/(_seconds|_ratio)_(bucket|sum|count)$/, '$1');
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** Prometheus begins in its own time, and each query is a program. */
const patient = { timeout: 600_000 };

describe.skipIf(skipReason !== null)(`metrics of real sockets ${skipReason ?? ''}`, () => {
  let world: World;
  const folder = temporaryFolder('tsnetstat-metrics-');
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(async () => {
    await world?.end();
  });

  async function text(...args: readonly string[]): Promise<string> {
    const { stdout, stderr, code } = await world.run([...program, '--format', ...args]);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    return stdout.toString('utf8');
  }
  const measured = async (...args: readonly string[]) =>
    seriesIn(await text('prometheus', ...args));

  /** Looks until something is there: programs begin in their own time. */
  async function eventually<T>(look: () => Promise<T | null>): Promise<T> {
    for (let tries = 0; tries < 1000; tries++) {
      const found = await look();
      if (found !== null) return found;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('it did not come within 100 seconds');
  }
  const fetched = (url: string) =>
    eventually(async () => {
      const { stdout, code } = await world.run(['curl', '-sf', url]);
      return code === 0 ? stdout.toString('utf8') : null;
    });

  it.each([
    [[]],
    [['-s']],
    [['-i']],
    [['-l']],
    [['-t', '--metrics-remote', '8080,https']],
    [['--all-netns']],
  ])('promtool has nothing to complain of: %j', async (args) => {
    const path = join(folder, 'checked.prom');
    writeFileSync(path, await text('prometheus', ...args));
    const { stdout, stderr, code } = await run(['sh', '-c', `promtool check metrics < ${path}`]);
    expect({ stdout: stdout.toString(), stderr, code }).toEqual({
      stdout: '',
      stderr: '',
      code: 0,
    });
  });

  it.each([[[]], [['-s']], [['--all-netns', '--metrics-remote', '8080']]])(
    "Prometheus' parser takes OpenMetrics: %j",
    async (args) => {
      const path = join(folder, 'checked.txt');
      writeFileSync(path, await text('openmetrics', ...args));
      const command = `/usr/bin/python3 ${local('openmetrics.py')} < ${path}`;
      const { stdout, stderr, code } = await run(['sh', '-c', command]);
      expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
      expect(stdout.toString()).toMatch(
        args[0] === '-s'
          ? /^tsnetstat_tcp_in_segs counter/m
          : /^tsnetstat_connection_rtt_seconds gaugehistogram seconds \d+$/m,
      );
    },
  );

  it('reports servers and their queues, and their owners, whatever programs call themselves', async () => {
    const all = await measured();
    const queues = [...all].filter(([key]) => /^tsnetstat_(listener|accept_queue)/.test(key));
    const found = queues.map(
      ([key, value]) => `${key.replace(/workload=".*"/, 'workload="…"')} ${value}`,
    );
    // It ends where its title begins.
    const evil = String.raw`evil\"name\\with\\x1bc` + 'x'.repeat(20);
    const listener = (protocol: string, address: string, port: number, name = 'python3') =>
      `tsnetstat_listener{protocol="${protocol}",address="${address}",port="${port}",program="${name}",workload="…"} 1`;
    expect(
      found.filter((line) => line.startsWith('tsnetstat_listener') && !line.includes('7003')),
    ).toEqual([
      listener('udp', '0.0.0.0', 5300),
      listener('tcp', '127.0.0.1', 7001),
      listener('tcp', '127.0.0.1', 7002),
      listener('tcp', '::', 8080),
    ]);
    expect(found).toContain(listener('tcp', '127.0.0.1', 7003, evil));
    const { stdout } = await world.run(['ss', '-Hltn', 'sport = :7001']);
    const [, length, limit] = stdout.toString().split(/\s+/);
    const place = '{protocol="tcp",address="127.0.0.1",port="7001"}';
    expect(all.get(`tsnetstat_accept_queue_length${place}`)).toBe(length);
    expect(all.get(`tsnetstat_accept_queue_limit${place}`)).toBe(limit);
    expect([length, limit]).toEqual(['15', '20']);
  });

  it('reports the full queue of a UNIX server', async () => {
    const runner = fileURLToPath(new URL('diagnose/run.py', import.meta.url));
    const scene = ['/usr/bin/python3', '-B', runner, 'accept-queue-unix'];
    const ofScene = async (kind: string, ...command: readonly string[]) =>
      (await world.run([...scene, kind, ...command])).stdout.toString('utf8');
    const place = '{protocol="unix",address="@tsnetstat accept queue",port=""}';
    for (const kind of ['fault', 'calm']) {
      const all = seriesIn(await ofScene(kind, ...program, '--format', 'prometheus'));
      const listed = await ofScene(kind, 'ss', '-Hlx', 'src = unix:@tsnetstat*');
      const [, , length, limit] = listed.split(/\s+/);
      expect(Number(length)).toBe(kind === 'fault' ? 21 : 5);
      expect(all.get(`tsnetstat_accept_queue_length${place}`)).toBe(length);
      expect(all.get(`tsnetstat_accept_queue_limit${place}`)).toBe(limit);
    }
  });

  it('counts what ss counts', async () => {
    await world.say('open 20');
    await world.say('tw 4');
    const ss = async (...args: readonly string[]) =>
      (await world.run(['ss', '-Hn', ...args])).stdout.toString().split('\n').length - 1;
    const all = await measured();
    const of = (key: string) => Number(all.get(`tsnetstat_${key}`));
    const tcp = (family: string, state: string) =>
      of(`sockets{protocol="tcp",family="${family}",state="${state}"}`);
    for (const [state, name] of [
      ['ESTABLISHED', 'established'],
      ['CLOSE_WAIT', 'close-wait'],
      ['TIME_WAIT', 'time-wait'],
      ['LISTEN', 'listening'],
    ] as const) {
      expect(tcp('ipv4', state), state).toBe(await ss('-4t', 'state', name));
      expect(tcp('ipv6', state), state).toBe(await ss('-6t', 'state', name));
    }
    expect(of('time_wait_sockets')).toBe(await ss('-t', 'state', 'time-wait'));
    expect(of('time_wait_sockets')).toBeGreaterThan(3);
    expect(of('service_connections{protocol="tcp",port="8080"}')).toBe(20);
    expect(of('service_connections{protocol="tcp",port="7001"}')).toBe(15);
    // Round-trip times are there of every connection that was ever acknowledged.
    const { stdout } = await world.run(['ss', '-Htni', 'sport = :8080']);
    const rtts = [...stdout.toString().matchAll(/\brtt:([\d.]+)/g)].map(
      ([, rtt]) => Number(rtt) / 1000,
    );
    expect(rtts).toHaveLength(20);
    expect(of('connection_rtt_seconds_count{port="8080"}')).toBe(rtts.length);
    expect(of('connection_rtt_seconds_sum{port="8080"}')).toBeCloseTo(
      rtts.reduce((a, b) => a + b, 0),
      5,
    );
    expect(of('connection_rtt_seconds_bucket{port="8080",le="0.001"}')).toBe(
      rtts.filter((rtt) => rtt <= 0.001).length,
    );
    expect(of('connection_retransmitted_ratio_bucket{port="8080",le="0.0"}')).toBe(20);
    await world.say('close');
  });

  it('has the same series with 10,000 sockets, and others after these, and within the bounds', async () => {
    const names = async () => {
      const all = await measured('--metrics-remote', '8080');
      return { all, keys: [...all.keys()].sort() };
    };
    const before = await names();
    await world.say('open 5000');
    const many = await names();
    await world.say('close');
    await world.say('open 5000');
    const churned = await names();
    await world.say('close');
    const sockets = 'tsnetstat_service_connections{protocol="tcp",port="8080"}';
    expect([before, many, churned].map(({ all }) => all.get(sockets))).toEqual([
      '0',
      '5000',
      '5000',
    ]);
    const remote = 'tsnetstat_remote_connections{protocol="tcp",port="8080"}';
    expect(many.all.get(remote)).toBe('5000');
    expect(many.keys).toEqual(before.keys);
    expect(churned.keys).toEqual(before.keys);
    for (const [name, series] of perFamily(many.all)) {
      if (/_total$|^tsnetstat_(ip|icmp|tcp|udp|mp|sctp)\w*_/.test(name)) continue;
      expect(series, name).toBeLessThanOrEqual(boundOf(name, { N: 20, R: 1 }));
    }
  });

  it('without rights reports no program, and how many are missing', async () => {
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'];
    const { stdout, stderr } = await world.run([...nobody, ...program, '--format', 'prometheus']);
    const all = seriesIn(stdout.toString());
    expect(stderr).toMatch(
      /^tsnetstat: warning: the owners of \d+ sockets could not be determined/,
    );
    expect(Number(all.get('tsnetstat_sockets_without_owner{reason="denied"}'))).toBeGreaterThan(5);
    expect(Number(all.get('tsnetstat_reading_warnings{code="owners-denied"}'))).toBe(1);
    const servers = [...all.keys()].filter((key) => key.startsWith('tsnetstat_listener'));
    expect(servers.length).toBeGreaterThan(3);
    expect(servers.every((key) => key.includes('program=""'))).toBe(true);
  });

  // What others make of the same text, the package has proved.
  describe.each(isExecutable ? [] : ['node_exporter'])('beside %s, which reads our file', () => {
    const textfiles = join(folder, 'textfiles');
    const file = join(textfiles, 'tsnetstat.prom');
    beforeAll(async () => {
      mkdirSync(textfiles);
      const collectors = ['netstat', 'sockstat', 'netdev', 'textfile'];
      world.start([
        'prometheus-node-exporter',
        '--collector.disable-defaults',
        ...collectors.map((name) => `--collector.${name}`),
        '--collector.netstat.fields=.*',
        `--collector.textfile.directory=${textfiles}`,
        '--web.listen-address=127.0.0.1:9100',
      ]);
      await fetched('http://127.0.0.1:9100/metrics');
    });

    it('has the same counters', async () => {
      await world.say('open 3');
      const before = await measured();
      const theirs = seriesIn(await fetched('http://127.0.0.1:9100/metrics'));
      const after = await measured();
      await world.say('close');
      let compared = 0;
      let changed = 0;
      const differing: string[] = [];
      for (const [key, value] of theirs) {
        const name = ours(key);
        if (name === null) continue;
        const [first, last] = [before.get(name), after.get(name)];
        compared++;
        if (first === undefined || last === undefined) {
          differing.push(`${key}: ${name} is not there`);
          continue;
        }
        // To ask node_exporter is traffic too.
        const isBetween = Number(first) <= Number(value) && Number(value) <= Number(last);
        if (!isBetween) differing.push(`${key} ${value}: ${name} ${first} to ${last}`);
        if (first !== '0') changed++;
      }
      expect(differing).toEqual([]);
      expect(compared).toBeGreaterThan(250);
      // Those of TCP and IP at least; what else has been counted depends on what the network did before.
      expect(changed).toBeGreaterThan(10);
      const udp = theirs.get('node_sockstat_UDP_inuse');
      const own = [...before].filter(([key]) =>
        key.startsWith('tsnetstat_sockets{protocol="udp",family="ipv4"'),
      );
      expect(String(own.reduce((sum, [, sockets]) => sum + Number(sockets), 0))).toBe(udp);
    });

    it(
      'its textfile collector has what we saved, and Prometheus answers the queries',
      patient,
      async () => {
        await world.say('open 200');
        const saved = ['--format', 'prometheus', '--save', file, '--save-mode', '0644'];
        const { stdout, stderr, code } = await world.run([...program, ...saved]);
        expect({ stdout: stdout.toString(), stderr, code }).toEqual({
          stdout: '',
          stderr: '',
          code: 0,
        });
        const written = seriesIn(readFileSync(file, 'utf8'));
        const collectedBy = seriesIn(await fetched('http://127.0.0.1:9100/metrics'));
        expect(collectedBy.get('node_textfile_scrape_error')).toBe('0');
        const place = 'tsnetstat_service_connections{port="8080",protocol="tcp"}';
        expect(collectedBy.get(place)).toBe('200');
        const theirs = [...collectedBy.keys()].filter((key) => key.startsWith('tsnetstat_'));
        expect(theirs).toHaveLength(written.size);

        const config = join(folder, 'prometheus.yml');
        writeFileSync(
          config,
          "global: {scrape_interval: 10s, scrape_timeout: 10s}\nscrape_configs: [{job_name: node, static_configs: [{targets: ['127.0.0.1:9100']}]}]\n",
        );
        world.start([
          'prometheus',
          `--config.file=${config}`,
          `--storage.tsdb.path=${join(folder, 'tsdb')}`,
          '--web.listen-address=127.0.0.1:9090',
          '--log.level=error',
        ]);
        const query = async (expression: string) => {
          const asked = ['promtool', 'query', 'instant', 'http://127.0.0.1:9090', expression];
          const { stdout, stderr, code } = await world.run(asked);
          return {
            lines: stdout
              .toString()
              .split('\n')
              .filter((line) => line !== ''),
            stderr,
            code,
          };
        };
        await eventually(async () =>
          (await query('tsnetstat_build_info')).lines.length > 0 ? true : null,
        );
        const page = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
        const [, examples = ''] = /## How to alert\n+```text\n(.*?)```/s.exec(page) ?? [];
        const expressions = examples
          .split('\n')
          .filter((line) => line !== '' && !line.startsWith('#'));
        expect(expressions.length).toBeGreaterThan(6);
        for (const expression of expressions) {
          const { stderr, code } = await query(expression);
          expect({ expression, stderr, code }).toEqual({ expression, stderr: '', code: 0 });
          // Each name that it asks for is one that there is.
          for (const [name] of expression.matchAll(/tsnetstat_\w+/g)) {
            expect((await query(`count(${name})`)).lines, name).toHaveLength(1);
          }
        }
        const crowded = await query(
          'tsnetstat_accept_queue_length / tsnetstat_accept_queue_limit > 0.7',
        );
        expect(crowded.lines).toHaveLength(1);
        expect(crowded.lines[0]).toMatch(/port="7001".* => 0\.75 /);
        const median = await query(
          'histogram_quantile(0.5, sum by (port, le) (tsnetstat_connection_rtt_seconds_bucket{port="8080"}))',
        );
        expect(median.lines[0]).toMatch(/port="8080".* => 0?\.\d+/);
        await world.say('close');
      },
    );
  });
});

/** What node_exporter's series is called here; null: we have none of it. */
function ours(key: string): string | null {
  const [, group = '', name = ''] = /^node_netstat_([A-Za-z0-9]+)_(\w+)$/.exec(key) ?? [];
  if (group !== '') {
    if (/^(Tcp_(Rto|MaxConn|CurrEstab)|Ip_(Forwarding|DefaultTTL))/.test(`${group}_${name}`))
      return null;
    if (/CurrEstab$/.test(name)) return null;
    return `tsnetstat_${snake(group)}_${snake(name)}_total`;
  }
  const [, way = '', what = '', device = ''] =
    /^node_network_(receive|transmit)_(\w+)_total\{device="([^"]*)"\}$/.exec(key) ?? [];
  const words: Readonly<Record<string, string>> = {
    ...{ bytes: 'bytes', packets: 'packets', errs: 'errors', drop: 'dropped', fifo: 'overruns' },
    ...{ frame: 'frame', multicast: 'multicast', carrier: 'carrier', colls: 'collisions' },
  };
  const word = words[what];
  return word === undefined
    ? null
    : `tsnetstat_interface_${way}_${word}_total{interface="${device}"}`;
}
