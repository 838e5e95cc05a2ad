import { once } from 'node:events';
import { get } from 'node:http';
import { connect, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { serve } from '../../src/commands/serve.ts';
import { NetstatError } from '../../src/errors.ts';
import type { Host } from '../../src/host.ts';
import { taskFrom } from '../../src/options/command-line.ts';
import { fakeHost } from '../support/fake-host.ts';
import { type FakeReading, fakeSource } from '../support/fake-source.ts';

type ServeTask = Extract<ReturnType<typeof taskFrom>, { kind: 'serve' }>;
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

/** Serves until the test ends, or `end` is called. */
async function started(line: string, changes: Partial<Host> = {}, readings: FakeReading[] = []) {
  let signal: (code: number) => void = () => {};
  const { host, written } = fakeHost({
    elapsed: () => performance.now(),
    ended: () =>
      new Promise<number>((resolve) => {
        signal = resolve;
      }),
    ...changes,
  });
  const ending = serve(taskFrom(line.split(' ')) as ServeTask, host, async () =>
    fakeSource(...readings),
  );
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
