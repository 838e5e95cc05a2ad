/**
 * The rules and the dashboard of contrib/ on the metrics that the program really prints, in the real Prometheus: each
 * metric and label that they name is there, and each query is answered.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { dashboard, queries } from '../contrib/support/dashboard.ts';
import { rules, rulesFile } from '../contrib/support/rules.ts';
import { filesOf } from '../e2e/support/readme.ts';
import { run } from '../support/command.ts';
import { freePort } from '../support/free-port.ts';
import { type Network, startNetwork } from '../support/network.ts';
import { program, programFiles } from '../support/program.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const readme = readFileSync(join(import.meta.dirname, '../../contrib/README.md'), 'utf8');
const reason = reasonToSkip({
  platforms: ['linux'],
  root: true,
  programs: [
    ...['prometheus', 'promtool', 'prometheus-node-exporter'],
    ...['ip', 'unshare', 'nsenter', '/usr/bin/python3'],
  ],
  files: programFiles,
});

/** Servers and connections of many kinds, one of each with what the alerts look for. */
const busy = `import socket, time
def server(port, kind=socket.SOCK_STREAM, family=socket.AF_INET, host='127.0.0.1', backlog=16):
    one = socket.socket(family, kind)
    one.bind((host, port))
    if kind == socket.SOCK_STREAM:
        one.listen(backlog)
    return one
held = [server(53, socket.SOCK_DGRAM), server(443, family=socket.AF_INET6, host='::1')]
web = server(8080)
for _ in range(5):
    client = socket.create_connection(('127.0.0.1', 8080))
    accepted, _ = web.accept()
    accepted.sendall(b'x' * 3000)
    held += [client, accepted]
# The peer has closed, and this end does not.
for _ in range(25):
    client = socket.create_connection(('127.0.0.1', 8080))
    accepted, _ = web.accept()
    held.append(accepted)
    client.close()
# Nobody accepts, and there is room for one.
full = server(9000, backlog=0)
held.append(socket.create_connection(('127.0.0.1', 9000)))
# Over, with TIME_WAIT.
client = socket.create_connection(('127.0.0.1', 8080))
accepted, _ = web.accept()
client.close()
accepted.recv(1)
accepted.close()
print('ready', flush=True)
time.sleep(3600)`;

/** Sends something, so that counters grow. */
const request = `import socket
client = socket.create_connection(('127.0.0.1', 8080))
client.sendall(b'x' * 100)`;

/** The labels of each metric, and the values that each has. */
type Known = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

function knownIn(exposition: string): Known {
  const known = new Map<string, Map<string, Set<string>>>();
  for (const [, name = '', labels = ''] of exposition.matchAll(/^([a-z]\w*)(?:\{(.*)\})? \S+$/gm)) {
    const of = known.get(name) ?? new Map<string, Set<string>>();
    known.set(name, of);
    for (const [, label = '', value = ''] of labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
      of.set(label, (of.get(label) ?? new Set()).add(value));
    }
  }
  return known;
}

describe.skipIf(reason !== null)(
  `contrib/ in Prometheus (${reason ?? 'the real one'})`,
  { timeout: 400_000 },
  () => {
    const folder = temporaryFolder('tsnetstat-prometheus-');
    const children: ChildProcess[] = [];
    let network: Network;
    let exporter: Server;
    let api = '';
    /** What the program printed, by the path that it is served at. */
    const looks: Record<string, readonly string[]> = {};
    let known: Known;

    function start(file: string, args: readonly string[]) {
      children.push(spawn(file, args, { stdio: 'ignore' }));
    }

    async function ask<Data>(path: string, parameters: Readonly<Record<string, string>> = {}) {
      const answer = await fetch(`${api}${path}?${new URLSearchParams(parameters)}`);
      const { status, data, error } = (await answer.json()) as {
        status: string;
        data: Data;
        error?: string;
      };
      return { status, data, error };
    }

    interface Vector {
      readonly result: readonly { readonly metric: Readonly<Record<string, string>> }[];
    }

    /** A moment of which everything is known; before it is, now: a scrape that had no time later on does not count. */
    let moment: { readonly time: string } | null = null;

    async function seriesOf(query: string): Promise<Vector['result']> {
      const { status, data, error } = await ask<Vector>('query', { query, ...moment });
      if (status !== 'success') expect.fail(`${query}: ${error}`);
      return data.result;
    }

    async function until(isDone: () => Promise<boolean>): Promise<void> {
      for (let tries = 0; tries < 1200; tries++) {
        if (await isDone().catch(() => false)) return;
        await sleep(200);
      }
      expect.fail('Prometheus has not come so far within four minutes');
    }

    beforeAll(async () => {
      network = await startNetwork();
      await network.start(['/usr/bin/python3', '-c', busy]);
      const metrics = ['--format', 'prometheus', '--metrics-remote', '8080'];
      const commands: Readonly<Record<string, readonly string[]>> = {
        '/metrics': network.inside([...program, ...metrics]),
        '/netns': [...program, ...metrics, '--netns', `/proc/${network.pid}/ns/net`],
      };
      // Two looks, with something sent in between, so that what the machine is busy with does not matter.
      for (const look of [0, 1]) {
        if (look === 1) await run(network.inside(['/usr/bin/python3', '-c', request]));
        for (const [path, command] of Object.entries(commands)) {
          const { stdout, stderr, code } = await run(command);
          expect(code, stderr).toBe(0);
          looks[path] = [...(looks[path] ?? []), stdout.toString()];
        }
      }
      // What only other circumstances have: a machine that does not answer, and more servers than are told.
      const ssh = join(folder, 'ssh');
      writeFileSync(ssh, '#!/bin/sh\nexit 255\n', { mode: 0o755 });
      const elsewhere = [
        [...network.inside([...program, ...metrics, '--metrics-top', '1'])],
        ['env', `PATH=${folder}:${process.env.PATH}`, ...program, ...metrics, '--on', 'web1'],
      ];
      const others: string[] = [];
      for (const command of elsewhere) others.push((await run(command)).stdout.toString());
      const scrapes: Record<string, number> = {};
      exporter = createServer(({ url = '' }, response) => {
        scrapes[url] = (scrapes[url] ?? 0) + 1;
        response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
        response.end(looks[url]?.[(scrapes[url] ?? 0) === 1 ? 0 : 1]);
      }).listen(0, '127.0.0.1');
      await once(exporter, 'listening');
      const { port } = exporter.address() as AddressInfo;

      // The textfile collector of node_exporter.
      const textfiles = join(folder, 'textfiles');
      mkdirSync(textfiles);
      writeFileSync(join(textfiles, 'tsnetstat.prom'), looks['/metrics']?.[0] ?? '');
      const nodePort = await freePort();
      start('prometheus-node-exporter', [
        '--collector.disable-defaults',
        '--collector.textfile',
        `--collector.textfile.directory=${textfiles}`,
        `--web.listen-address=127.0.0.1:${nodePort}`,
      ]);

      // As the page shows it, with the machines of the test.
      const shown = filesOf(readme).get('/etc/prometheus/prometheus.yml') ?? '';
      const config = shown
        .replace('/etc/prometheus/tsnetstat.rules.yml', rulesFile)
        .replace('scrape_interval: 30s', 'scrape_interval: 4s\n    scrape_timeout: 4s')
        .replace('[web1:9917, db1:9917]', `['127.0.0.1:${port}']`)
        .concat('global:\n  evaluation_interval: 1s\n')
        .replace(
          /^global/m,
          `  - job_name: netns
    metrics_path: /netns
    scrape_interval: 4s
    scrape_timeout: 4s
    static_configs:
      - targets: ['127.0.0.1:${port}']
  - job_name: node
    scrape_interval: 4s
    scrape_timeout: 4s
    static_configs:
      - targets: ['127.0.0.1:${nodePort}']
global`,
        );
      expect(config).toContain(rulesFile);
      writeFileSync(join(folder, 'prometheus.yml'), config);
      const apiPort = await freePort();
      api = `http://127.0.0.1:${apiPort}/api/v1/`;
      start('prometheus', [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${apiPort}`,
      ]);
      const recorded = rules.filter(({ kind }) => kind !== 'alert');
      await until(async () => {
        const [, now] = (await ask<{ result: [number, string] }>('query', { query: 'time()' })).data
          .result;
        moment = { time: now };
        const counted = await seriesOf(
          'count_over_time(tsnetstat_build_info{job=~"tsnetstat|netns"}[2m]) >= 3',
        );
        // Each has answered for a while, and every rule was looked at since.
        const up = await seriesOf('min_over_time(up[10s]) == 1');
        const series = await Promise.all(recorded.map(({ name }) => seriesOf(name)));
        if (counted.length === 2 && up.length === 3 && series.every((one) => one.length > 0)) {
          return true;
        }
        moment = null;
        return false;
      });
      known = knownIn(Object.values(looks).flat().concat(others).join(''));
    }, 400_000);
    afterAll(async () => {
      exporter?.closeAllConnections();
      exporter?.close();
      for (const child of children) {
        child.kill();
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      }
      await network?.stop();
    });

    it('takes the configuration that contrib/README.md shows', async () => {
      const { stdout, stderr, code } = await run([
        ...['promtool', 'check', 'config', join(folder, 'prometheus.yml')],
      ]);
      expect(code, `${stdout}${stderr}`).toBe(0);
    });

    it('scrapes all three', async () => {
      const up = await seriesOf('up == 1');
      expect(up.map(({ metric }) => metric.job).sort()).toEqual(['netns', 'node', 'tsnetstat']);
    });

    it('reads the rules as the tests read them', async () => {
      const { data } = await ask<{
        groups: readonly {
          rules: readonly { name: string; query: string; duration?: number; labels?: object }[];
        }[];
      }>('rules');
      const plain = (text: string) => text.replace(/\s+/g, '');
      const theirs = data.groups.flatMap((group) =>
        group.rules.map(
          ({ name, query, duration = 0, labels = {} }) =>
            [name, [plain(query), duration, labels]] as const,
        ),
      );
      const ours = rules.map(
        ({ name, expr, labels, ...rule }) =>
          [name, [plain(expr), Number(rule.for.replace('m', '')) * 60, labels]] as const,
      );
      expect(theirs.length).toBe(ours.length);
      expect(Object.fromEntries(theirs)).toEqual(Object.fromEntries(ours));
    });

    // Labels that Prometheus and whoever asks for several machines or networks add.
    const added = ['job', 'instance', 'host', 'netns'];

    const exprs = [
      ...queries.map(({ title, expr }) => [`the panel ${title}`, expr] as const),
      ...rules.map(({ name, expr }) => [name, expr] as const),
      ...dashboard.templating.list.flatMap(({ name, definition }) => {
        const [, of = '', label = ''] =
          /^label_values\((.*), (\w+)\)$/.exec(definition ?? '') ?? [];
        return of === '' ? [] : [[`the variable ${name}`, `count by (${label}) (${of})`] as const];
      }),
    ].map(([name, expr]) => [
      name,
      expr.replaceAll(/\$(?:instance|host|netns)\b/g, '.*').replaceAll('$__rate_interval', '1m'),
    ]) as [string, string][];

    /** What an expression names that the program does not print. */
    function unknownIn(expr: string): readonly string[] {
      const unknown: string[] = [];
      const labels = new Set(added);
      for (const [, metric = '', matchers = ''] of expr.matchAll(
        /\b(tsnetstat_\w+)\b(?:\{([^}]*)\})?/g,
      )) {
        const of = known.get(metric);
        if (of === undefined) unknown.push(metric);
        for (const label of of?.keys() ?? []) labels.add(label);
        for (const [, label = '', operator, value = ''] of matchers.matchAll(
          /(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g,
        )) {
          if (added.includes(label)) continue;
          if (operator === '=' ? !of?.get(label)?.has(value) : !of?.has(label)) {
            unknown.push(`${metric}{${label}${operator}${value}}`);
          }
        }
      }
      for (const [, list = ''] of expr.matchAll(/\b(?:by|without|on|ignoring) \(([^)]*)\)/g)) {
        unknown.push(...list.split(/,\s*/).filter((label) => !labels.has(label)));
      }
      const recorded = [...expr.matchAll(/\btsnetstat:[\w:]+/g)].map(([name]) => name);
      unknown.push(...recorded.filter((name) => !rules.some((rule) => rule.name === name)));
      return unknown;
    }

    it('has every metric, label and value that panels, variables and rules name', () => {
      expect(exprs.length).toBeGreaterThan(70);
      for (const [name, expr] of exprs) expect(unknownIn(expr), `${name}: ${expr}`).toEqual([]);
    });

    test('what it does not print would be found', () => {
      expect(unknownIn('sum by (program) (tsnetstat_socket{protocl="tcp"})')).toEqual([
        'tsnetstat_socket',
        'tsnetstat_socket{protocl=tcp}',
        'program',
      ]);
      expect(unknownIn('tsnetstat_sockets{state="LISTENING"} > tsnetstat:none')).toEqual([
        'tsnetstat_sockets{state=LISTENING}',
        'tsnetstat:none',
      ]);
    });

    /** What has nothing to tell on this machine, as it is right. */
    const quiet = new Set([
      'the panel New within an hour',
      ...rules.filter(({ kind }) => kind === 'alert').map(({ name }) => name),
    ]);
    for (const name of ['TsnetstatAcceptQueueFull', 'TsnetstatCloseWait']) quiet.delete(name);

    it('answers every query, and finds data for all that should have some', async () => {
      for (const [name, expr] of exprs) {
        const series = await seriesOf(expr);
        expect(series.length > 0, `${name}: ${expr}`).toBe(!quiet.has(name));
      }
    });

    it('knows the file of the textfile collector by its name', async () => {
      const expr = rules.find(({ name }) => name === 'TsnetstatTextfileStale')?.expr ?? '';
      const young = await seriesOf(expr.replace('> 900', '>= 0'));
      expect(young.map(({ metric }) => metric.job)).toEqual(['node']);
    });

    it('a full queue and unclosed connections lead to pending alerts that name a remedy', async () => {
      const pending = async () =>
        (
          await ask<{
            alerts: readonly {
              labels: Readonly<Record<string, string>>;
              annotations: Readonly<Record<string, string>>;
            }[];
          }>('alerts')
        ).data.alerts.filter(({ labels }) => labels.job === 'tsnetstat');
      let alerts: Awaited<ReturnType<typeof pending>> = [];
      await until(async () => {
        alerts = await pending();
        return alerts.length >= 2;
      });
      expect(alerts.map(({ labels }) => labels.alertname).sort()).toEqual([
        'TsnetstatAcceptQueueFull',
        'TsnetstatCloseWait',
      ]);
      const full = alerts.find(({ labels }) => labels.check === 'accept-queue');
      expect(full?.labels.port).toBe('9000');
      const [, command = ''] = /`tsnetstat (.*?)`/.exec(full?.annotations.description ?? '') ?? [];
      // What it names finds the same.
      const found = await run(network.inside([...program, ...command.split(' ')]));
      expect(found.stdout.toString()).toContain('127.0.0.1:9000: the accept queue is full');
      expect(found.code).toBe(1);
    });
  },
);
