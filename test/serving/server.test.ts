import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readCredentials } from '../../src/serving/credentials.ts';
import type { Scrape } from '../../src/serving/exposition.ts';
import {
  type Bounds,
  type ServerParts,
  type Serving,
  startServer,
  usualBounds,
} from '../../src/serving/server.ts';
import { contentTypes } from '../../src/views/metrics/text.ts';

const open: Serving[] = [];
const sockets: Socket[] = [];
const agents: Agent[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const serving of open.splice(0)) serving.close();
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const agent of agents.splice(0)) agent.destroy();
});

/** A scrape that waits so long has failed: the test's own time is up before. */
const never = 600_000;

const scrape: Scrape = (format) => `# in ${format}\n`;

/** Where each request for metrics came in; the server begins to answer it in the same turn. */
const came: (number | undefined)[] = [];
subscribe('http.server.request.start', (message) => {
  const { request, socket } = message as { request: IncomingMessage; socket: Socket };
  if (request.url?.startsWith('/metrics')) came.push(socket.localPort);
});
const scrapes = (port: number) => came.filter((one) => one === port).length;

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

/** A server; `waiting` ends once so many scrapes have come and wait for a reading. */
async function server(parts: Partial<ServerParts> = {}, bounds: Partial<Bounds> = {}) {
  const troubles: string[] = [];
  const serving = await startServer(
    {
      place: { address: '127.0.0.1', port: 0 },
      version: '1.2.3',
      credentials: null,
      anyone: false,
      timeout: 10_000,
      elapsed: () => performance.now(),
      contentTypes,
      read: async () => scrape,
      failed: (error) => `failed: ${(error as Error).message}`,
      late: () => {},
      answered: () => {},
      trouble: (message) => troubles.push(message),
      ...parts,
    },
    { ...usualBounds, ...bounds },
  );
  open.push(serving);
  const port = Number(new URL(serving.url).port);
  // An earlier server may have had the same port.
  const before = scrapes(port);
  const waiting = (count: number) => until(() => scrapes(port) - before >= count);
  return { ...serving, port, troubles, waiting };
}

/** A reading that ends when the test says so. */
function controlled() {
  let finish: (one: Scrape) => void = () => {};
  const begun = { count: 0 };
  const read = () => {
    begun.count++;
    return new Promise<Scrape>((resolve) => {
      finish = resolve;
    });
  };
  return { read, begun, finish: (one: Scrape = scrape) => finish(one) };
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

function ask(
  port: number,
  path: string,
  {
    method = 'GET',
    headers = {},
    body,
    agent,
  }: { method?: string; headers?: object; body?: string; agent?: Agent } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = request(
      { host: '127.0.0.1', port, path, method, headers: { ...headers }, ...(agent && { agent }) },
      async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        const { statusCode, headers: received } = response;
        resolve({ status: statusCode, headers: received, body: Buffer.concat(chunks) });
      },
    );
    asking.on('error', reject);
    asking.end(body);
  });
}

/** A connection that sends what it is told to. */
async function client(port: number, text: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

/** All that comes until the server ends the connection. */
async function untilEnd(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  if (!socket.closed) await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

/** Ends the client's side; the server has seen that when it answers who asks behind it. */
async function ended(socket: Socket, port: number): Promise<void> {
  socket.end();
  await once(socket, 'finish');
  await ask(port, '/healthz', { agent: new Agent() });
}

const whole = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

describe('what is answered', () => {
  it.each([
    ['GET', '/metrics', 200, '# in prometheus\n'],
    ['GET', '/metrics?x=y', 200, '# in prometheus\n'],
    ['GET', '/healthz', 200, 'ok\n'],
    ['GET', '/nope', 404, 'nothing here; see /metrics\n'],
    ['GET', '/metrics/', 404, 'nothing here; see /metrics\n'],
    ['GET', '//metrics', 404, 'nothing here; see /metrics\n'],
    ['HEAD', '/metrics', 200, ''],
    ['HEAD', '/nope', 404, ''],
    ['POST', '/metrics', 405, 'only GET and HEAD\n'],
    ['OPTIONS', '/nope', 405, 'only GET and HEAD\n'],
  ])('%s %s: %i', async (method, path, status, text) => {
    const { port } = await server();
    const answer = await ask(port, path, { method });
    expect([answer.status, answer.body.toString()]).toEqual([status, text]);
    expect(answer.headers.allow).toBe(status === 405 ? 'GET, HEAD' : undefined);
  });

  it('/ leads to the metrics and shows the version', async () => {
    const { port } = await server();
    const { body, headers } = await ask(port, '/');
    expect(body.toString()).toContain('tsnetstat 1.2.3: <a href="/metrics">');
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
  });

  it('no header reveals more than is needed', async () => {
    const { port } = await server();
    const { headers } = await ask(port, '/metrics');
    expect(Object.keys(headers).sort()).toEqual(
      [
        'cache-control',
        'connection',
        'content-length',
        'content-type',
        'date',
        'keep-alive',
      ].filter((name) => name in headers),
    );
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it('in OpenMetrics where that is preferred', async () => {
    const { port } = await server();
    const headers = { accept: 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5' };
    const answer = await ask(port, '/metrics', { headers });
    expect(answer.body.toString()).toBe('# in openmetrics\n');
    expect(answer.headers['content-type']).toBe(
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    );
  });

  it('compressed where that is asked for and the text is long', async () => {
    const text = '# zażółć\n'.repeat(10_000);
    let count = 0;
    const { port } = await server({ read: async () => () => (count++ === 0 ? 'short\n' : text) });
    const headers = { 'accept-encoding': 'gzip' };
    const short = await ask(port, '/metrics', { headers });
    expect([short.headers['content-encoding'], short.body.toString()]).toEqual([
      undefined,
      'short\n',
    ]);
    const packed = await ask(port, '/metrics', { headers });
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(packed.headers['content-length']).toBe(`${packed.body.length}`);
    expect(gunzipSync(packed.body).toString()).toBe(text);
    const plain = await ask(port, '/metrics');
    expect([plain.headers['content-encoding'], plain.body.toString()]).toEqual([undefined, text]);
  });

  it('HEAD, /healthz and what is refused read nothing', async () => {
    let count = 0;
    const read = async () => {
      count++;
      return scrape;
    };
    const { port } = await server({ read });
    await ask(port, '/metrics', { method: 'HEAD' });
    await ask(port, '/healthz');
    await ask(port, '/metrics', { headers: { host: 'evil.example' } });
    await ask(port, '/metrics', { method: 'PUT' });
    expect(count).toBe(0);
    await ask(port, '/metrics');
    expect(count).toBe(1);
  });

  it.each([
    ['GET', { 'content-length': '3' }, 413],
    ['GET', { 'transfer-encoding': 'chunked' }, 413],
    ['POST', { 'content-length': '3' }, 405],
  ])('a body is not read: %s with %j', async (method, headers, status) => {
    const { port } = await server();
    const answer = await ask(port, '/metrics', { method, headers, body: 'abc' });
    expect([answer.status, answer.headers.connection]).toEqual([status, 'close']);
  });

  it.each([
    ['no request', 'GARBAGE\r\n\r\n', 400],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['a tunnel', 'CONNECT localhost:443 HTTP/1.1\r\nHost: localhost\r\n\r\n', 405],
    ['two Hosts', 'GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n', 400],
    [
      'two lengths',
      'GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      400,
    ],
    ['long headers', `GET / HTTP/1.1\r\nHost: localhost\r\nA: ${'b'.repeat(20_000)}\r\n\r\n`, 431],
    ['a long address', `GET /${'b'.repeat(20_000)} HTTP/1.1\r\n\r\n`, 431],
  ])('%s ends the connection', async (_, text, status) => {
    const { port } = await server();
    expect(await untilEnd(await client(port, text))).toMatch(`HTTP/1.1 ${status} `);
  });

  it.each([
    ['http://localhost/metrics', 200],
    ['HTTP://127.0.0.1:9917/healthz?a=/b', 200],
    ['http://localhost', 200],
    ['http://localhost/other', 404],
    ['http://evil.example/metrics', 421],
  ])('a whole address in place of a path: %s', async (target, status) => {
    const { port } = await server();
    const head = `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
    expect(await untilEnd(await client(port, head))).toMatch(`HTTP/1.1 ${status} `);
  });

  it.each([
    ['another Host', 'Host: evil.example', 400],
    ['a body', 'Content-Length: 5', 413],
  ])('behind very many headers %s is seen: %s', async (_, header, status) => {
    const { port } = await server();
    const many = Array.from({ length: 200 }, (_, i) => `A${i}: b\r\n`).join('');
    const head = `GET /healthz HTTP/1.1\r\nHost: localhost\r\n${many}${header}\r\nConnection: close\r\n\r\n`;
    expect(await untilEnd(await client(port, head))).toMatch(`HTTP/1.1 ${status} `);
  });

  it('another Expect than 100-continue is ignored', async () => {
    const { port } = await server();
    const headers = { expect: 'more' };
    expect((await ask(port, '/healthz', { headers })).status).toBe(200);
    expect((await ask(port, '/metrics', { headers: { ...headers, host: 'a.b' } })).status).toBe(
      421,
    );
  });

  it('a request of HTTP/1.0 without Host is answered', async () => {
    const { port } = await server();
    const text = await untilEnd(await client(port, 'GET /metrics HTTP/1.0\r\n\r\n'));
    expect(text).toMatch(/^HTTP\/1\.1 200 .*# in prometheus\n$/s);
  });
});

describe('clients that end their side behind the request', () => {
  it.each([
    ['GET /metrics HTTP/1.0\r\n\r\n', 200],
    [whole('/metrics'), 200],
    [whole('/healthz'), 200],
    ['HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n', 200],
    [whole('/nope'), 404],
    ['GET /metr', 400],
  ])('%j is answered, and the connection ends: %i', async (text, status) => {
    const { port } = await server();
    const socket = await client(port, '');
    socket.end(text);
    expect(await untilEnd(socket)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  it('one that waits for a reading is answered', async () => {
    const { read, finish } = controlled();
    const { port, waiting } = await server({ read, timeout: never });
    const socket = await client(port, whole('/metrics'));
    const text = untilEnd(socket);
    await waiting(1);
    await ended(socket, port);
    finish();
    expect(await text).toMatch(/^HTTP\/1\.1 200 .*\r\nConnection: close\r\n.*# in prometheus\n$/s);
  });

  it('so is one whose credentials are wrong', async () => {
    const credentials = readCredentials('bearer token', 'file');
    const { port } = await server({ credentials }, { wrong: 50 });
    const socket = await client(port, '');
    socket.end('GET / HTTP/1.0\r\nAuthorization: Bearer guess\r\n\r\n');
    expect(await untilEnd(socket)).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('one that sent nothing is let go', async () => {
    const { port } = await server();
    const socket = await client(port, '');
    socket.end();
    expect(await untilEnd(socket)).toBe('');
  });

  it('they are closed first if there is no room, since they may have left', async () => {
    const { read, finish } = controlled();
    const credentials = readCredentials('bearer token', 'file');
    const parts = { read, credentials, timeout: never };
    const { port, waiting } = await server(parts, { connections: 3 });
    const headers = { authorization: 'Bearer token' };
    const first = ask(port, '/metrics', { headers, agent: new Agent() });
    await waiting(1);
    const left = await client(port, 'GET /metrics HTTP/1.0\r\nAuthorization: Bearer token\r\n\r\n');
    await waiting(2);
    await ended(left, port);
    const others = [ask(port, '/metrics', { headers, agent: new Agent() })];
    await waiting(3);
    others.push(ask(port, '/metrics', { headers, agent: new Agent() }));
    await waiting(4);
    expect(await untilEnd(left)).toBe('');
    finish();
    const answers = await Promise.all([first, ...others]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  });
});

describe('readings', () => {
  it('fifty scrapes at once share one, in both formats', async () => {
    const { read, begun, finish } = controlled();
    const { port, waiting } = await server({ read, timeout: never });
    const accept = ['text/plain', 'application/openmetrics-text'];
    const answers = Array.from({ length: 50 }, (_, i) =>
      ask(port, '/metrics', { headers: { accept: accept[i % 2] }, agent: new Agent() }),
    );
    await waiting(50);
    finish((format) => `${format} ${begun.count}\n`);
    const texts = new Set((await Promise.all(answers)).map(({ body }) => body.toString()));
    expect(texts).toEqual(new Set(['prometheus 1\n', 'openmetrics 1\n']));
    expect(begun.count).toBe(1);
  });

  it.each([
    ['as --serve-timeout says', 100, {}, 0.1],
    ['as the scraper says', 10_000, { 'X-Prometheus-Scrape-Timeout-Seconds': '1.7' }, 1.2],
    [
      'however short the scraper says',
      10_000,
      { 'X-Prometheus-Scrape-Timeout-Seconds': '0.001' },
      1,
    ],
    ['the shorter of the two', 100, { 'X-Prometheus-Scrape-Timeout-Seconds': '10.000000' }, 0.1],
    ['whatever nonsense a scraper says', 100, { 'X-Prometheus-Scrape-Timeout-Seconds': '-1' }, 0.1],
  ])(
    'one that takes longer is 503, %s; it goes on, and none is begun beside it',
    async (...row) => {
      const [, timeout, headers, seconds] = row;
      // The server's own timers alone: Node's are others.
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const { read, begun, finish } = controlled();
      let late = 0;
      let answered = 0;
      const { port, waiting } = await server({
        ...{ timeout, read },
        late: () => late++,
        answered: () => answered++,
      });
      for (let i = 0; i < 3; i++) {
        const asking = ask(port, '/metrics', { headers });
        let isAnswered = false;
        asking.then(() => {
          isAnswered = true;
        });
        await waiting(i + 1);
        await vi.advanceTimersByTimeAsync(seconds * 1000 - 1);
        expect((await ask(port, '/healthz')).status).toBe(200);
        expect(isAnswered).toBe(false);
        await vi.advanceTimersByTimeAsync(1);
        const answer = await asking;
        expect([answer.status, answer.body.toString()]).toEqual([
          503,
          `reading takes longer than ${seconds} s\n`,
        ]);
      }
      // What a scraper says is told to nobody.
      expect([begun.count, late, answered]).toEqual([1, timeout === 100 ? 1 : 0, 0]);
      const patient = ask(port, '/metrics');
      await waiting(4);
      finish();
      expect((await patient).status).toBe(200);
      expect([begun.count, answered]).toEqual([1, timeout === 100 ? 0 : 1]);
    },
  );

  it.each([
    ['reading', () => Promise.reject(new Error('no table'))],
    [
      'writing',
      async () => () => {
        throw new Error('no table');
      },
    ],
  ])('what fails in %s is 500 in one line, and the server lives', async (_, failing) => {
    let count = 0;
    const { port } = await server({
      read: () => (count++ === 0 ? failing() : Promise.resolve(scrape)),
    });
    const failed = await ask(port, '/metrics');
    expect([failed.status, failed.body.toString()]).toEqual([500, 'failed: no table\n']);
    expect((await ask(port, '/metrics')).status).toBe(200);
  });
});

describe('who may ask', () => {
  const credentials = readCredentials('bearer token\nbasic user:password', 'file');
  const basic = `Basic ${Buffer.from('user:password').toString('base64')}`;

  it.each([
    ['/metrics', {}, 401],
    ['/', {}, 401],
    ['/healthz', {}, 200],
    ['/metrics', { authorization: 'Bearer token' }, 200],
    ['/metrics', { authorization: basic }, 200],
    ['/', { authorization: basic }, 200],
    ['/metrics', { authorization: 'Bearer tokens' }, 401],
    // Who has credentials may call the machine by any name.
    ['/metrics', { authorization: basic, host: 'exporter.example:9917' }, 200],
  ])('with credentials: %s by %j is %i', async (path, headers, status) => {
    const { port } = await server({ credentials }, { wrong: 0 });
    const answer = await ask(port, path, { headers });
    expect(answer.status).toBe(status);
    expect(answer.headers['www-authenticate']).toBe(
      status === 401
        ? 'Basic realm="tsnetstat", charset="UTF-8", Bearer realm="tsnetstat"'
        : undefined,
    );
  });

  it('wrong credentials are answered late', async () => {
    const { port, waiting } = await server({ credentials }, { wrong: never });
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    let isAnswered = false;
    const answer = ask(port, '/metrics', { headers: { authorization: 'Bearer guess' } });
    answer.finally(() => {
      isAnswered = true;
    });
    await waiting(1);
    await vi.advanceTimersByTimeAsync(never - 1);
    expect((await ask(port, '/metrics', { headers: { authorization: basic } })).status).toBe(200);
    expect(isAnswered).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect((await answer).status).toBe(401);
  });

  it.each([
    [false, 'evil.example', 421],
    [false, 'evil.example:9917', 421],
    [false, 'localhost:1', 200],
    [false, '127.0.0.1', 200],
    [true, 'evil.example', 200],
  ])('without credentials, --serve-anyone %s, asked as %s: %i', async (anyone, host, status) => {
    const { port } = await server({ anyone });
    for (const path of ['/metrics', '/', '/healthz']) {
      expect((await ask(port, path, { headers: { host } })).status).toBe(status);
    }
  });
});

describe('clients that do not behave', () => {
  it.each([
    ['sends nothing', ''],
    ['does not end its headers', 'GET /metrics HTTP/1.1\r\nHost: lo'],
  ])('one that %s is cut off', async (_, text) => {
    const { port } = await server({}, { headers: 200, looks: 50 });
    await untilEnd(await client(port, text));
    expect((await ask(port, '/healthz')).status).toBe(200);
  });

  it('one that sends a header now and then is cut off too', async () => {
    const { port } = await server({}, { headers: 300, looks: 50 });
    const socket = await client(port, 'GET /metrics HTTP/1.1\r\n');
    const timer = setInterval(() => socket.write('A: b\r\n'), 20);
    await untilEnd(socket);
    clearInterval(timer);
  });

  it.runIf(process.platform === 'linux')(
    'one that does not take its answer is cut off',
    async () => {
      const text = 'x'.repeat(50_000_000);
      const { port } = await server({ read: async () => () => text }, { answer: 300 });
      const socket = await client(port, whole('/metrics'));
      socket.pause();
      await sleep(100);
      expect(openConnections(port)).toBe(1);
      while (openConnections(port) > 0) await sleep(20);
    },
  );

  it.each(['/healthz', '/metrics'])(
    'one that asks again before it is answered gets the first answer, which is the last: %s',
    async (path) => {
      const { port } = await server();
      const [head = '', ...bodies] = (
        await untilEnd(await client(port, whole(path) + whole('/')))
      ).split('\r\n\r\n');
      expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      expect(head).toMatch(/^Connection: close$/im);
      const alone = (await ask(port, path)).body.toString();
      expect(bodies).toEqual([alone]);
    },
  );

  it('so does one that asks again during the reading', async () => {
    const { read, begun, finish } = controlled();
    const { port, waiting } = await server({ read, timeout: never });
    const socket = await client(port, whole('/metrics'));
    await waiting(1);
    socket.write(whole('/metrics'));
    // Who asks behind it is answered once the server has seen that.
    await ask(port, '/healthz', { agent: new Agent() });
    finish();
    const text = await untilEnd(socket);
    expect(text.match(/^HTTP\/1\.1 200 OK\r$/gm)).toHaveLength(1);
    expect(text).toContain('# in prometheus\n');
    expect(begun.count).toBe(1);
  });

  it('one that asks again very often before it is answered is cut off', async () => {
    const { read, begun } = controlled();
    const { port } = await server({ read, timeout: never });
    const text = await untilEnd(await client(port, whole('/metrics').repeat(1000)));
    expect(text).toBe('');
    expect(begun.count).toBe(1);
  });

  it('one that is silent between requests is let go after a time', async () => {
    const { port } = await server({}, { idle: 100 });
    const text = await untilEnd(await client(port, whole('/healthz')));
    expect(text).toMatch('200 OK');
  });

  it('however many connect and are silent, who asks is answered', async () => {
    const { port } = await server({}, { connections: 8 });
    const silent = await Promise.all(
      Array.from({ length: 40 }, (_, i) => client(port, i % 2 === 0 ? '' : 'GET / HTTP/1.1\r\n')),
    );
    expect((await ask(port, '/metrics')).status).toBe(200);
    while (silent.filter((one) => !one.closed).length > 8) await sleep(10);
  });

  it('clients with wrong credentials do not keep others out', async () => {
    const credentials = readCredentials('bearer token', 'file');
    const { port } = await server({ credentials }, { connections: 4, wrong: 60_000 });
    const guess = `GET /metrics HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer guess\r\n\r\n`;
    await Promise.all(Array.from({ length: 20 }, () => client(port, guess)));
    const headers = { authorization: 'Bearer token' };
    expect((await ask(port, '/metrics', { headers })).status).toBe(200);
  });

  it('nor do clients with the right ones that keep their connections after the answer', async () => {
    const credentials = readCredentials('bearer token', 'file');
    const { port } = await server({ credentials }, { connections: 2 });
    const headers = { authorization: 'Bearer token' };
    for (let i = 0; i < 3; i++) {
      const agent = new Agent({ keepAlive: true });
      agents.push(agent);
      expect((await ask(port, '/metrics', { headers, agent })).status).toBe(200);
    }
  });

  it('those who wait for a reading are not sent away for those who come', async () => {
    const { read, finish } = controlled();
    const credentials = readCredentials('bearer token', 'file');
    const parts = { read, credentials, timeout: never };
    const { port, waiting } = await server(parts, { connections: 3 });
    const headers = { authorization: 'Bearer token' };
    const first = Array.from({ length: 3 }, () =>
      ask(port, '/metrics', { headers, agent: new Agent() }),
    );
    await waiting(3);
    await expect(ask(port, '/metrics', { headers })).rejects.toThrow();
    finish();
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('without authentication, clients that ask do not lock others out', async () => {
    const { read, finish } = controlled();
    const { port, waiting } = await server({ read, timeout: never }, { connections: 3 });
    const first = await client(port, whole('/metrics'));
    const gone = untilEnd(first);
    await waiting(1);
    const others = [await client(port, whole('/metrics')), await client(port, whole('/metrics'))];
    await waiting(3);
    const last = ask(port, '/metrics');
    expect(await gone).toBe('');
    await waiting(4);
    finish();
    expect((await last).status).toBe(200);
    expect(others.map(({ closed }) => closed)).toEqual([false, false]);
  });

  it('one that leaves before its answer is there costs nothing', async () => {
    const { read, finish } = controlled();
    const parts = { read, timeout: never };
    const { port, troubles, waiting } = await server(parts, { connections: 2 });
    for (let i = 0; i < 10; i++) {
      const socket = await client(port, whole('/metrics'));
      await waiting(i + 1);
      socket.destroy();
      await once(socket, 'close');
    }
    const last = ask(port, '/metrics');
    await waiting(11);
    finish();
    expect((await last).status).toBe(200);
    expect(troubles).toEqual([]);
  });

  it('whose request runs into a fault of the server is cut off, and the next is answered', async () => {
    let isFaulty = true;
    const credentials = {
      ...readCredentials('bearer token', 'file'),
      admit: () => {
        if (isFaulty) throw new TypeError('a fault');
        return true;
      },
    };
    const { port, troubles } = await server({ credentials });
    await expect(ask(port, '/metrics')).rejects.toThrow();
    expect(troubles).toEqual(['internal error: TypeError: a fault']);
    isFaulty = false;
    expect((await ask(port, '/metrics')).status).toBe(200);
  });
});

/** Established connections to the port at the server's end, as the kernel sees them. */
function openConnections(port: number): number {
  const hex = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readFileSync('/proc/net/tcp', 'latin1')
    .split('\n')
    .filter((row) => row.trim().split(/\s+/)[1]?.endsWith(hex) && / 01 /.test(row)).length;
}

describe('where it listens', () => {
  it('a scraper may keep its connection for many scrapes', async () => {
    const { port } = await server();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    agents.push(agent);
    let made = 0;
    const count = (socket: Socket) => {
      made++;
      return socket;
    };
    const create = agent.createConnection.bind(agent);
    agent.createConnection = (...args: Parameters<typeof create>) =>
      count(create(...args) as Socket);
    for (let i = 0; i < 20; i++) expect((await ask(port, '/metrics', { agent })).status).toBe(200);
    expect(made).toBe(1);
  });

  it('reports a port in use', async () => {
    const { port } = await server();
    const second = server({ place: { address: '127.0.0.1', port } });
    await expect(second).rejects.toThrow(`--serve 127.0.0.1:${port}: the port is in use`);
  });

  it('reports an address that this machine does not have', async () => {
    const second = server({ place: { address: '192.0.2.1', port: 0 } });
    await expect(second).rejects.toThrow('--serve 192.0.2.1:0: this machine has no such address');
  });

  it('nor an address that may be meant to have its port behind it', async () => {
    const second = server({ place: { address: '2001:db8::1:9917', port: 0 } });
    await expect(second).rejects.toThrow(
      /^--serve \[2001:db8::1:9917\]:0: this machine has no such .*; with a port, an IPv6 address is written as \[ADDRESS\]:PORT$/,
    );
  });

  it('every address, of both families where there are two', async () => {
    const { port, url } = await server({ place: { address: null, port: 0 }, anyone: true });
    expect(url).toMatch(/^http:\/\/(\[::\]|0\.0\.0\.0):\d+$/);
    expect((await ask(port, '/healthz')).status).toBe(200);
  });

  it('closed, it ends every connection at once, and its port is free', async () => {
    const { port, close, waiting } = await server({ read: controlled().read, timeout: never });
    const idle = await client(port, '');
    const asking = await client(port, whole('/metrics'));
    await waiting(1);
    close();
    await Promise.all([untilEnd(idle), untilEnd(asking)]);
    const next = await server({ place: { address: '127.0.0.1', port } });
    expect((await ask(next.port, '/healthz')).status).toBe(200);
  });
});
