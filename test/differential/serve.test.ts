/** --serve, scraped by the real Prometheus in a network of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../support/command.ts';
import { program, programFiles } from '../support/program.ts';
import { because, reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const reason = reasonToSkip({
  platforms: ['linux'],
  root: true,
  programs: ['/usr/bin/python3', 'unshare', 'nsenter', 'setpriv', 'ip', 'prometheus', 'promtool'],
  files: programFiles,
});

/** How many connections there are to the service. */
const connections = 30;

const fetching = `
import http.client, json, sys
port, path, headers = json.loads(sys.argv[1])
connection = http.client.HTTPConnection('127.0.0.1', port, timeout=100)
connection.request('GET', path, headers=headers)
answer = connection.getresponse()
print(json.dumps([answer.status, answer.getheader('Content-Type'), answer.read().decode()]))`;

/** Hands requests on without saying what is preferred, as a scraper does that knows the classic format alone. */
const classicScraper = `
import http.client, http.server
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        connection = http.client.HTTPConnection('127.0.0.1', 9917, timeout=100)
        connection.request('GET', self.path)
        answer = connection.getresponse()
        body = answer.read()
        self.send_response(answer.status)
        self.send_header('Content-Type', answer.getheader('Content-Type'))
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *words): pass
server = http.server.ThreadingHTTPServer(('127.0.0.1', 9919), Handler)
print('ready', flush=True)
server.serve_forever()`;

const service = `
import socket, sys
server = socket.socket()
server.bind(('127.0.0.1', 4711))
server.listen(128)
print('listening', flush=True)
sys.stdin.readline()
ends = []
for _ in range(${connections}):
    ends.append(socket.create_connection(('127.0.0.1', 4711)))
    ends.append(server.accept()[0])
print('connected', flush=True)
sys.stdin.readline()`;

const job = (name: string, port: number, more = '') => `
  - job_name: ${name}
    static_configs: [{targets: ['127.0.0.1:${port}']}]
${more}`;
const basicAs = (password: string) =>
  `    basic_auth: {username: prometheus, password: '${password}'}\n`;
const config = `
global: {scrape_interval: 5s, scrape_timeout: 5s}
scrape_configs:
${job('openmetrics', 9917)}
${job('classic', 9919)}
${job('basic', 9918, basicAs('a pass:word'))}
${job('bearer', 9918, `    authorization: {credentials: 'a-token'}\n`)}
${job('wrong', 9918, basicAs('guess'))}
`;
const admitted = ['basic', 'bearer', 'classic', 'openmetrics'];

const patient = { timeout: 400_000 };

describe.skipIf(reason !== null)(`--serve and Prometheus${because(reason)}`, patient, () => {
  const folder = temporaryFolder('tsnetstat-serve-');
  let world: ChildProcess;
  let first: string;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    const unshare = ['--net', '--pid', '--mount', '--fork', '--kill-child', '--mount-proc'];
    const script = 'ip link set lo up && echo ready && exec sleep infinity';
    world = spawn('unshare', [...unshare, '--', 'sh', '-c', script], { stdio: 'pipe' });
    await line(world, 'stdout');
    first = readFileSync(`/proc/${world.pid}/task/${world.pid}/children`, 'utf8').trim();
    writeFileSync(join(folder, 'credentials'), 'basic prometheus:a pass:word\nbearer a-token\n', {
      mode: 0o600,
    });
    writeFileSync(join(folder, 'prometheus.yml'), config);
    const auth = join(folder, 'credentials');
    const open = served('--serve', '9917');
    const guarded = served('--serve', ':9918', '--serve-auth', auth);
    const helper = start('/usr/bin/python3', '-c', classicScraper);
    expect(await line(open, 'stderr')).toBe(
      'tsnetstat: serving metrics at http://127.0.0.1:9917/metrics',
    );
    expect(await line(guarded, 'stderr')).toMatch(
      / at http:\/\/(\[::\]|0\.0\.0\.0):9918\/metrics$/,
    );
    await line(helper, 'stdout');
    start(
      'prometheus',
      ...['--config.file', join(folder, 'prometheus.yml'), '--log.level', 'error'],
      ...['--storage.tsdb.path', join(folder, 'data'), '--web.listen-address', '127.0.0.1:9090'],
    );
  });
  afterAll(async () => {
    // Everything in its PID namespace ends with its first process.
    if (first !== undefined) process.kill(Number(first), 'SIGKILL');
    for (const child of [...children, world]) {
      if (child?.exitCode === null && child.signalCode === null) await once(child, 'close');
    }
  });

  const inside = (words: readonly string[]) =>
    ['nsenter', '--target', first, '--net', '--pid', '--mount', '--', ...words] as const;

  function start(...words: readonly string[]): ChildProcess {
    const [enter, ...rest] = inside(words);
    const child = spawn(enter, rest, { stdio: 'pipe' });
    children.push(child);
    return child;
  }
  const served = (...words: readonly string[]) => start(...program, ...words);

  async function line(child: ChildProcess, from: 'stdout' | 'stderr'): Promise<string> {
    const lines = createInterface({ input: child[from] as NodeJS.ReadableStream });
    const [text] = await once(lines, 'line');
    lines.close();
    return text as string;
  }

  async function fetch(port: number, path: string, headers = {}) {
    const request = JSON.stringify([port, path, headers]);
    const { stdout, stderr } = await run(inside(['/usr/bin/python3', '-c', fetching, request]));
    if (stderr !== '') throw new Error(stderr);
    const [status, type, text] = JSON.parse(`${stdout}`) as [number, string, string];
    return { status, type, text };
  }

  /** What a query answers, by job. */
  async function query(expression: string): Promise<Record<string, number>> {
    const { text } = await fetch(9090, `/api/v1/query?query=${encodeURIComponent(expression)}`);
    const { data } = JSON.parse(text) as {
      data: { result: { metric: { job: string }; value: [number, string] }[] };
    };
    return Object.fromEntries(
      data.result.map(({ metric, value }) => [metric.job, Number(value[1])]),
    );
  }

  /** The answer once it is as it should be: a scrape comes every five seconds. */
  async function eventually(expression: string, expected: Record<string, number>) {
    for (;;) {
      const answer = await query(expression).catch((error) => ({ error }));
      if (JSON.stringify(sorted(answer)) === JSON.stringify(sorted(expected))) return;
      await sleep(200);
    }
  }
  const sorted = (of: object) => Object.entries(of).sort();
  const ofEach = (value: number) => Object.fromEntries(admitted.map((name) => [name, value]));

  it('answers those with credentials, in both formats, and no others', async () => {
    await eventually('up', { ...ofEach(1), wrong: 0 });
    for (;;) {
      const { text } = await fetch(9090, '/api/v1/targets');
      const { data } = JSON.parse(text) as {
        data: { activeTargets: { labels: { job: string }; lastError: string }[] };
      };
      const wrong = data.activeTargets.find(({ labels }) => labels.job === 'wrong');
      // A scrape that had no time says nothing of who is admitted.
      if (/deadline exceeded/.test(wrong?.lastError ?? '')) {
        await sleep(200);
        continue;
      }
      expect(wrong?.lastError).toBe('server returned HTTP status 401 Unauthorized');
      return;
    }
  });

  it.each([
    ['openmetrics', 'gaugehistogram'],
    ['classic', 'histogram'],
  ])('%s is what it has read: connection times are a %s', async (name, type) => {
    const path = `/api/v1/targets/metadata?match_target=${encodeURIComponent(`{job="${name}"}`)}`;
    const { text } = await fetch(9090, `${path}&metric=tsnetstat_connection_rtt_seconds`);
    const { data } = JSON.parse(text) as { data: { type: string }[] };
    expect(data.map((one) => one.type)).toEqual([type]);
  });

  it('reports a new server, and its connections, to the number', async () => {
    const listens = 'sum by (job) (tsnetstat_listener{port="4711",program="python3"})';
    const counts = 'sum by (job) (tsnetstat_service_connections{protocol="tcp",port="4711"})';
    await eventually(listens, {});
    const child = start('/usr/bin/python3', '-c', service);
    await line(child, 'stdout');
    await eventually(listens, ofEach(1));
    await eventually(counts, ofEach(0));
    child.stdin?.write('\n');
    await line(child, 'stdout');
    await eventually(counts, ofEach(connections));
    child.stdin?.write('\n');
    await eventually(listens, {});
  });

  it('its counters grow, and it reports that it has read all', async () => {
    await eventually(
      'sum by (job) (increase(tsnetstat_tcp_in_segs_total[2m]) > bool 0)',
      ofEach(1),
    );
    await eventually('sum by (job) (tsnetstat_build_info)', ofEach(1));
    await eventually('sum by (job) (tsnetstat_reading_errors)', ofEach(0));
  });

  it('promtool accepts the classic answer', async () => {
    const { type, text } = await fetch(9917, '/metrics');
    expect(type).toBe('text/plain; version=0.0.4; charset=utf-8');
    const path = join(folder, 'answer.prom');
    writeFileSync(path, text);
    const { code, stdout, stderr } = await run(['sh', '-c', `promtool check metrics < '${path}'`]);
    expect([`${stdout}${stderr}`, code]).toEqual(['', 0]);
  });

  it('reports in one line a port that requires more rights', async () => {
    const { code, stderr } = await run(
      inside([
        ...['setpriv', '--bounding-set=-net_bind_service', '--', ...program],
        ...['--serve', '80'],
      ]),
    );
    expect([stderr, code]).toEqual([
      'tsnetstat: --serve 127.0.0.1:80: permission denied: a port below 1024 requires root or CAP_NET_BIND_SERVICE\n',
      2,
    ]);
  });

  it('reports a port in use with its holder', async () => {
    const { code, stderr } = await run(inside([...program, '--serve', '9090']));
    expect(stderr).toMatch(
      /^tsnetstat: --serve 127\.0\.0\.1:9090: the port is in use by prometheus \(PID \d+\); --serve ADDRESS:PORT is another place\n$/,
    );
    expect(code).toBe(2);
  });
});
