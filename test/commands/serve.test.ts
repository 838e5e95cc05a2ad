import { once } from 'node:events';
import { get } from 'node:http';
import { connect, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { serve } from '../../src/commands/serve.ts';
import { NetstatError } from '../../src/errors.ts';
import type { Host } from '../../src/host.ts';
import { taskFrom } from '../../src/options/command-line.ts';
import type { Source } from '../../src/sources/source.ts';
import { fakeHost } from '../support/fake-host.ts';
import { fakeMachines, refused } from '../support/fake-machines.ts';
import { type FakeReading, fakeSource } from '../support/fake-source.ts';

type ServeTask = Extract<ReturnType<typeof taskFrom>, { kind: 'serve' }>;
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

/** Serves until the test ends, or `end` is called. */
async function started(
  line: string,
  changes: Partial<Host> = {},
  readings: FakeReading[] = [],
  source: Source = fakeSource(...readings),
) {
  let signal: (code: number) => void = () => {};
  const { host, written } = fakeHost({
    elapsed: () => performance.now(),
    ended: () =>
      new Promise<number>((resolve) => {
        signal = resolve;
      }),
    ...changes,
  });
  const ending = serve(taskFrom(line.split(' ')) as ServeTask, host, async () => source);
  let failure: Error | null = null;
  const ended = ending.catch((error) => {
    failure = error;
    return null;
  });
  while (!written.stderr.includes('serving metrics') && failure === null) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  if (failure !== null) throw failure;
  const end = async () => {
    signal(143);
    await ended;
  };
  endings.push(end);
  const url = /(http:\S+)\/metrics/.exec(written.stderr)?.[1] as string;
  const code = () => {
    signal(143);
    return ended;
  };
  return { url, written, code };
}

it.each([
  ['--serve 0', 16 + 64, null],
  ['--serve 0', 16 + 4, null],
  ['--serve 0', 16 + 3, 'at most 3 clients can be connected'],
  ['--serve 0', 16 + 1, 'at most 1 client can be connected'],
  ['--serve 0', 16, 'warning: readings may be incomplete or fail, since few files can be opened'],
  ['--serve 0 --on a,b', 16 + 6, 'readings may be incomplete or fail'],
  ['--serve 0 --on a,b', 16 + 6 + 4, null],
  ['--serve 0 --on a,b', 16 + 6 + 3, 'at most 3 clients can be connected'],
])('%s with %i descriptors left', async (line, room, warning) => {
  const { written } = await started(line, { descriptorRoom: async () => room });
  await new Promise((resolve) => setImmediate(resolve));
  expect(written.stderr.split('\n').slice(1, -1)).toEqual(
    warning === null ? [] : [expect.stringContaining(warning)],
  );
});

it('drops the client that is idle for longest rather than have no descriptor for a reading', async () => {
  const { url } = await started('--serve 0', { descriptorRoom: async () => 16 + 2 }, [{}]);
  const { port } = new URL(url);
  const idle = Array.from({ length: 5 }, () =>
    connect(Number(port), '127.0.0.1').on('error', () => {}),
  );
  const closed = idle.slice(0, 3).map((socket) => once(socket.resume(), 'close'));
  await Promise.all(closed);
  expect((await ask(`${url}/metrics`)).status).toBe(200);
  for (const socket of idle) socket.destroy();
});

function ask(url: string, headers = {}): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    get(url, { headers, agent: false }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode ?? 0, text });
    }).on('error', reject);
  });
}

describe('--serve', () => {
  it('prints where it serves, nothing for each request, and ends with 0', async () => {
    const { url, written, code } = await started('--serve 0');
    expect(written.stderr).toBe(`tsnetstat: serving metrics at ${url}/metrics\n`);
    for (let i = 0; i < 3; i++) {
      const { status, text } = await ask(`${url}/metrics`);
      expect([status, text]).toEqual([200, expect.stringContaining('tsnetstat_build_info')]);
    }
    expect(await code()).toBe(0);
    expect(written).toEqual({
      stdout: '',
      stderr: `tsnetstat: serving metrics at ${url}/metrics\n`,
    });
  });

  it('reports what is missing once, whatever numbers it has, but of each machine and name', async () => {
    const lacking = (...sources: readonly string[]): FakeReading => ({
      warnings: sources.map((source) => ({
        ...{ code: 'unreadable', message: `${source}: lost`, source },
      })),
    });
    const failing = (name: string) => [1, 2].map(() => ({ failure: refused(name) }));
    const source = fakeMachines({
      '10.0.0.1': failing('10.0.0.1'),
      '10.0.0.2': failing('10.0.0.2'),
      db1: [lacking('/proc/7/net/tcp', '/x/web-1'), lacking('/proc/8/net/tcp', '/x/web-2')],
      db2: [lacking('/proc/9/net/tcp'), lacking('/proc/9/net/tcp')],
    });
    const { url, written } = await started('--serve 0 --on a', {}, [], source);
    for (let i = 0; i < 2; i++) expect((await ask(`${url}/metrics`)).status).toBe(200);
    const lines = written.stderr.split('\n').slice(1, -1).sort();
    expect(lines.map((line) => line.replace('tsnetstat: warning: ', ''))).toEqual([
      '10.0.0.1: ssh: connect to host 10.0.0.1: refused',
      '10.0.0.2: ssh: connect to host 10.0.0.2: refused',
      'db1: /proc/7/net/tcp: lost',
      'db1: /x/web-1: lost',
      'db1: /x/web-2: lost',
      'db2: /proc/9/net/tcp: lost',
    ]);
  });

  it.each([
    ['', 1],
    [' -v', 2],
  ])('reports what only -v is told of with -v alone: "%s"', async (flag, count) => {
    const warnings = [
      { code: 'malformed', message: 'a line of T cannot be read', source: 'T' },
      { code: 'absent', message: 'U is not there', source: 'U' },
    ] as const;
    const { url, written } = await started(`--serve 0${flag}`, {}, [{ warnings }, { warnings }]);
    await ask(`${url}/metrics`);
    await ask(`${url}/metrics`);
    expect(written.stderr.match(/warning: /g)).toHaveLength(count);
  });

  it('a reading that fails is 500, and one message until it goes well again', async () => {
    const failing = (pid: number) => ({
      failure: new NetstatError('unreadable', `/proc/${pid}/net/tcp: gone`),
    });
    const readings = [failing(7), failing(8), {}, failing(9)];
    const { url, written } = await started('--serve 0', {}, readings);
    const found: unknown[] = [];
    for (const _ of readings) found.push(await ask(`${url}/metrics`));
    expect(found).toMatchObject([
      { status: 500, text: 'reading failed: /proc/7/net/tcp: gone\n' },
      { status: 500, text: 'reading failed: /proc/8/net/tcp: gone\n' },
      { status: 200 },
      { status: 500 },
    ]);
    expect(written.stderr.split('\n').slice(1, -1)).toEqual([
      'tsnetstat: reading failed: /proc/7/net/tcp: gone',
      'tsnetstat: reading failed: /proc/9/net/tcp: gone',
    ]);
  });

  it('requires what the file of credentials contains', async () => {
    const asked: unknown[] = [];
    const readOwn: Host['readOwn'] = (...args) => {
      asked.push(args);
      return { text: 'bearer token' };
    };
    const { url } = await started('--serve 0 --serve-auth /etc/who', { readOwn });
    expect(asked).toEqual([['/etc/who', true]]);
    expect((await ask(`${url}/metrics`)).status).toBe(401);
    expect((await ask(`${url}/metrics`, { authorization: 'Bearer token' })).status).toBe(200);
  });

  it.each([
    [null, '--serve-auth /etc/who: there is no such file'],
    [{ text: null, refusal: 'others can read it (chmod 600)' }, '/etc/who: not read: others can'],
    [{ text: 'nonsense' }, '/etc/who: line 1: expected bearer TOKEN'],
  ])('a file that is %j keeps it from starting', async (file, message) => {
    const starting = started('--serve 0 --serve-auth /etc/who', { readOwn: () => file });
    await expect(starting).rejects.toThrow(message);
  });

  it('reports a port in use with the process that holds it, if it is known', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    try {
      await expect(started(`--serve ${port}`)).rejects.toThrow(
        `--serve 127.0.0.1:${port}: the port is in use`,
      );
      const failing = (failure: Error) => started(`--serve ${port}`, {}, [{ failure }]);
      await expect(failing(new NetstatError('unreadable', 'no /proc'))).rejects.toThrow(
        `--serve 127.0.0.1:${port}: the port is in use`,
      );
      await expect(failing(new TypeError('a fault'))).rejects.toThrow('a fault');
    } finally {
      other.close();
    }
  });
});
