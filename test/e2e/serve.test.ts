/** --serve, by the built program: what one process alone can show. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { Agent, get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { program, programFiles } from '../support/program.ts';
import { because, reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { environment, root, tsnetstat } from './support/built-bin.ts';

const reason = reasonToSkip({ platforms: ['linux'], loopback: true, files: programFiles });
const bigRows = 60_000;
const laptop = ['--proc-root', `${root}fixtures/linux/quiet-laptop`];

describe.skipIf(reason !== null)(`--serve${because(reason)}`, () => {
  const folder = temporaryFolder('tsnetstat-serve-');
  const children: ChildProcess[] = [];
  const sockets: Socket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  async function serving(...words: readonly string[]) {
    const [first, ...rest] = program;
    const child = spawn(first, [...rest, '--serve', '0', ...words], {
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    const lines = createInterface({ input: child.stderr });
    const messages: string[] = [];
    lines.on('line', (line) => messages.push(line));
    await once(lines, 'line');
    const port = Number(/:(\d+)\/metrics$/.exec(messages[0] ?? '')?.[1]);
    expect(messages[0]).toBe(`tsnetstat: serving metrics at http://127.0.0.1:${port}/metrics`);
    const ended = once(child, 'close') as Promise<[number | null, string | null]>;
    return { child, port, messages, ended };
  }

  interface Answer {
    readonly status: number | undefined;
    readonly headers: IncomingHttpHeaders;
    readonly body: Buffer;
  }

  /** A request: `sent` once the kernel has all of it, read or not. */
  function asking(port: number, path = '/metrics', headers = {}, agent = new Agent()) {
    const request = get({ host: '127.0.0.1', port, path, headers, agent });
    const sent = once(request, 'finish');
    const answer = (async (): Promise<Answer> => {
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      const { statusCode: status, headers } = response;
      return { status, headers, body: Buffer.concat(chunks) };
    })();
    return { sent, answer };
  }

  function ask(...asked: Parameters<typeof asking>): Promise<Answer> {
    const { sent, answer } = asking(...asked);
    return Promise.all([answer, sent]).then(([one]) => one);
  }

  async function client(port: number, text: string): Promise<Socket> {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => {});
    socket.resume();
    await once(socket, 'connect');
    socket.write(text);
    return socket;
  }

  /** Stops it; what is sent to it from then on it finds when it goes on. */
  async function stop(child: ChildProcess): Promise<void> {
    child.kill('SIGSTOP');
    const isStopped = () => /\) T /.test(readFileSync(`/proc/${child.pid}/stat`, 'latin1'));
    while (!isStopped()) await sleep(5);
  }

  /** A capture lacks some of what is asked for, which is reported once. */
  const isNoWarning = (line: string) => !line.startsWith('tsnetstat: warning: ');

  /** A /proc whose table takes a while to read. */
  function bigTable(): string {
    const big = join(folder, 'proc');
    if (existsSync(big)) return big;
    cpSync(laptop[1] as string, big, { recursive: true });
    const row = (i: number) =>
      `${String(i).padStart(4)}: 0100007F:${(i + 1024).toString(16).toUpperCase().padStart(4, '0')} 0100007F:0016 01 00000000:00000000 00:00000000 00000000  1000        0 ${i + 1000} 1 0000000000000000 20 4 30 10 -1                    \n`;
    const table = join(big, 'net/tcp');
    const head = readFileSync(table, 'utf8').split('\n', 1)[0];
    writeFileSync(table, `${head}\n${Array.from({ length: bigRows }, (_, i) => row(i)).join('')}`);
    return big;
  }

  /** What differs from one look to the next. */
  const steady = (text: string) =>
    text.replaceAll(/^(tsnetstat_reading_seconds\{.*\}) .*$/gm, '$1');

  it.each([
    ['prometheus', '*/*'],
    ['openmetrics', 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5'],
  ])('serves what --format %s prints, filters and all', async (format, accept) => {
    const asked = [...laptop, '-t', '--metrics-remote', '443', 'dport', '=', '443'];
    const { port } = await serving(...asked);
    const { status, body } = await ask(port, '/metrics', { accept });
    const printed = tsnetstat(['--format', format, ...asked]);
    expect([status, printed.status]).toEqual([200, 0]);
    expect(steady(body.toString())).toBe(steady(printed.stdout));
  });

  it('packs what is asked for packed', async () => {
    const { port } = await serving(...laptop);
    const plain = await ask(port);
    const packed = await ask(port, '/metrics', { 'accept-encoding': 'gzip' });
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(steady(gunzipSync(packed.body).toString())).toBe(steady(plain.body.toString()));
  });

  it('fifty who ask at once have one reading', async () => {
    const { port, child } = await serving('--serve-timeout', '300', '--proc-root', bigTable());
    // All requests are there before it goes on.
    await stop(child);
    const answers = Array.from({ length: 50 }, () => asking(port));
    await Promise.all(answers.map(({ sent }) => sent));
    child.kill('SIGCONT');
    const all = await Promise.all(answers.map(({ answer }) => answer));
    const texts = all.map(({ body }) => body.toString());
    // How long it took is in it: two are never the same.
    expect(texts[0]).toMatch(/^tsnetstat_reading_seconds\{part="sockets"\} \d+\.\d+$/m);
    expect(new Set(texts).size).toBe(1);
  });

  it('a scrape waits no longer than its limit, and the late result of the reading is not lost', async () => {
    const { port, messages, child, ended } = await serving(
      ...['--serve-timeout', '0.1', '--proc-root', bigTable()],
    );
    const hasty = await ask(port);
    expect([hasty.status, hasty.body.toString()]).toEqual([
      503,
      'reading takes longer than 0.1 s\n',
    ]);
    // While it reads it answers others.
    expect((await ask(port, '/healthz')).body.toString()).toBe('ok\n');
    let later = await ask(port);
    while (later.status === 503) {
      // It may come at a moment when nobody waits.
      await sleep(300);
      later = await ask(port);
    }
    expect(later.status).toBe(200);
    expect(later.body.toString()).toMatch(
      /^tsnetstat_sockets\{protocol="tcp",family="ipv4",state="ESTABLISHED"\} 60000$/m,
    );
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    // What was reported once is not reported again.
    expect(messages.filter((line) => line.includes('longer than'))).toEqual([
      'tsnetstat: a reading takes longer than --serve-timeout',
    ]);
  });

  it('a signal ends it in the middle of a reading', async () => {
    const { port, child, ended } = await serving('--proc-root', bigTable());
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await ask(port, '/healthz', {}, agent);
    // Both are there when it goes on, and Node hears connections before signals: it has just begun to read.
    await stop(child);
    const { sent, answer } = asking(port, '/metrics', {}, agent);
    const cut = answer.catch((error) => error.code);
    await sent;
    child.kill('SIGTERM');
    child.kill('SIGCONT');
    expect(await ended).toEqual([0, null]);
    expect(await cut).toBe('ECONNRESET');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s ends it with 0, even with clients connected',
    async (signal) => {
      const { port, child, messages, ended } = await serving(...laptop);
      await client(port, '');
      const half = await client(port, 'GET /metrics HTTP/1.1\r\nHost: lo');
      const kept = new Agent({ keepAlive: true });
      await ask(port, '/metrics', {}, kept);
      child.kill(signal);
      expect(await ended).toEqual([0, null]);
      if (!half.closed) await once(half, 'close');
      kept.destroy();
      expect(messages.filter(isNoWarning)).toHaveLength(1);
    },
  );

  it('a client that does not end its headers is cut off, and keeps no other out', async () => {
    const { port } = await serving(...laptop);
    const slow = await Promise.all(
      Array.from({ length: 100 }, (_, i) => client(port, i % 2 === 0 ? '' : 'GET / HTTP/1.1\r\n')),
    );
    expect((await ask(port)).status).toBe(200);
    await Promise.all(slow.map((one) => one.closed || once(one, 'close')));
    expect((await ask(port)).status).toBe(200);
  });

  it('a reading that fails is 500 and one line, until it goes well again', async () => {
    const place = join(folder, 'place');
    const good = join(folder, 'good');
    cpSync(laptop[1] as string, good, { recursive: true });
    symlinkSync(good, place);
    const { port, messages } = await serving('-t', '--proc-root', place);
    expect((await ask(port)).status).toBe(200);
    rmSync(place);
    for (let i = 0; i < 3; i++) {
      const { status, body } = await ask(port);
      expect([status, body.toString()]).toEqual([
        500,
        expect.stringMatching(/^reading failed: .*\n$/),
      ]);
    }
    symlinkSync(good, place);
    expect((await ask(port)).status).toBe(200);
    expect(messages.slice(1).filter(isNoWarning)).toEqual([
      expect.stringMatching(/^tsnetstat: reading failed: /),
    ]);
  });

  it('a port that is taken is one line, with who has it', async () => {
    const { port, child } = await serving();
    const { status, stdout, stderr } = tsnetstat(['--serve', `${port}`]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^tsnetstat: --serve 127\.0\.0\.1:\d+: the port is in use by [^\n]+\n$/);
    expect(stderr).toContain(`(PID ${child.pid})`);
  });

  describe('credentials', () => {
    const file = join(folder, 'credentials');

    it('admit who shows them', async () => {
      writeFileSync(file, 'basic user:password\n', { mode: 0o600 });
      const { port } = await serving('--serve-auth', file, ...laptop);
      const authorization = `Basic ${Buffer.from('user:password').toString('base64')}`;
      expect((await ask(port)).status).toBe(401);
      expect((await ask(port, '/metrics', { authorization })).status).toBe(200);
      expect((await ask(port, '/healthz')).status).toBe(200);
    });

    it.each([
      ['that others can read', () => chmodSync(file, 0o644), 'others can read it (chmod 600)'],
      ['that a group can read', () => chmodSync(file, 0o640), 'others can read it (chmod 600)'],
      ['that others can write', () => chmodSync(file, 0o622), 'others can write it (chmod go-w)'],
      ['that is none', () => rmSync(file), 'there is no such file'],
      [
        'that is a folder',
        () => cpSync(`${root}fixtures/linux/wsl1-empty`, file, { recursive: true }),
        'it is not a regular file',
      ],
    ])('in a file %s are refused', (_, change, message) => {
      rmSync(file, { recursive: true, force: true });
      writeFileSync(file, 'bearer token\n', { mode: 0o600 });
      if (message.includes('regular')) rmSync(file);
      change();
      const { status, stderr } = tsnetstat(['--serve', '0', '--serve-auth', file]);
      expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
      expect(stderr).toMatch(/^tsnetstat: --serve-auth [^\n]+\n$/);
    });
  });

  it('scrape after scrape it holds no more memory and no more descriptors', async () => {
    const { port, child } = await serving(...laptop);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const scrapes = async (count: number) => {
      for (let i = 0; i < count; i++) await ask(port, '/metrics', {}, agent);
    };
    const used = () => ({
      descriptors: readdirSync(`/proc/${child.pid}/fd`).length,
      memory: Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]),
    });
    await scrapes(60);
    const before = used();
    let after = used();
    const isLess = () =>
      after.descriptors <= before.descriptors && after.memory < before.memory + 24 * 1024;
    // What is garbage is taken away sooner or later; what is kept is more from time to time.
    for (let times = 0; times === 0 || (times < 6 && !isLess()); times++) {
      await scrapes(80);
      after = used();
    }
    agent.destroy();
    expect(after.descriptors).toBeLessThanOrEqual(before.descriptors);
    expect(after.memory).toBeLessThan(before.memory + 24 * 1024);
  });
});
