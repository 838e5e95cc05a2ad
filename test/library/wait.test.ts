import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../src/library/wait.ts';
import { because, reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const reason = reasonToSkip({ platforms: ['linux'] });

describe.skipIf(reason !== null)(`waiting for sockets${because(reason)}`, () => {
  it('ends when they are there, and when they are gone', async () => {
    const server = createServer();
    const interval = 10;
    // A port that nobody has just now.
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const question = { which: 'listening', protocols: ['tcp'], local: `:${port}` } as const;
    expect(await waitFor({ ...question, interval })).toMatchObject([{ local: { port } }]);

    const gone = waitFor({ ...question, interval, gone: true });
    server.close();
    expect(await gone).toEqual([]);

    const back = waitFor({ ...question, interval });
    server.listen(port, '127.0.0.1');
    expect(await back).toMatchObject([{ local: { port } }]);
    server.close();
  });

  it('is null where the time is over', async () => {
    expect(await waitFor({ expression: 'sport = :1', timeout: 0 })).toBeNull();
    expect(await waitFor({ expression: 'sport = :1', timeout: 30, interval: 10 })).toBeNull();
  });

  describe('on a machine that does not answer', () => {
    const folder = temporaryFolder('tsnetstat-ssh-');
    const path = process.env.PATH;
    beforeAll(() => {
      writeFileSync(join(folder, 'ssh'), '#!/bin/sh\necho refused >&2\nexit 255\n', {
        mode: 0o755,
      });
      process.env.PATH = `${folder}:${path}`;
    });
    afterAll(() => {
      process.env.PATH = path;
    });

    it.each([
      [false, 'it cannot be determined whether they are there: web1: refused'],
      [true, 'web1: refused'],
    ])(
      'it is asked until the time is over, unless something is to be gone: %s',
      async (gone, message) => {
        const question = { on: ['web1'], protocols: ['tcp'], timeout: 30, gone } as const;
        await expect(waitFor(question)).rejects.toMatchObject({ code: 'unreadable', message });
      },
    );
  });

  it('logs in at another machine once, however often it looks', async () => {
    const folder = temporaryFolder('tsnetstat-ssh-');
    const log = join(folder, 'log');
    // The last words are the remote command.
    writeFileSync(
      join(folder, 'ssh'),
      `#!/bin/sh\necho login >> ${log}\nfor last; do :; done\neval "$last"\n`,
      { mode: 0o755 },
    );
    const path = process.env.PATH;
    process.env.PATH = `${folder}:${path}`;
    try {
      const question = { on: ['web1'], protocols: ['tcp'], state: 'LISTEN', local: ':1' } as const;
      expect(await waitFor({ ...question, interval: 10, timeout: 200 })).toBeNull();
      expect(readFileSync(log, 'utf8')).toBe('login\n');
    } finally {
      process.env.PATH = path;
    }
  });

  describe('where a process cannot be looked into', () => {
    const row =
      '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711\n';
    const proc = temporaryFolder('tsnetstat-wait-');
    mkdirSync(join(proc, 'net'));
    mkdirSync(join(proc, '77'));
    writeFileSync(join(proc, '77', 'fd'), 'a folder on any machine');
    writeFileSync(join(proc, 'net', 'tcp'), `a header\n${row}`);
    const question = { procRoot: proc, protocols: ['tcp'], families: ['inet'] } as const;

    it.each([
      { program: 'nginx', gone: true },
      { program: 'nginx', timeout: 0 },
      { expression: 'program = nginx', gone: true, owners: true },
    ])(
      'a caller that asks for its sockets gets an error that they may be there: %j',
      async (options) => {
        await expect(waitFor({ ...question, ...options })).rejects.toMatchObject({
          code: 'unreadable',
          message: expect.stringContaining('1 process could not be inspected'),
        });
      },
    );

    it('a caller that asks for others does not', async () => {
      const owners = true;
      expect(await waitFor({ ...question, owners, port: 9090, gone: true })).toEqual([]);
      expect(await waitFor({ ...question, owners, port: 9090, timeout: 0 })).toBeNull();
      expect(await waitFor({ ...question, owners, port: 8080 })).toHaveLength(1);
    });
  });

  describe('where a table cannot be read', () => {
    const proc = temporaryFolder('tsnetstat-wait-');
    mkdirSync(join(proc, 'net'));
    writeFileSync(join(proc, 'net', 'tcp'), 'a header\n');
    writeFileSync(join(proc, 'net', 'udp'), '');
    const question = { procRoot: proc, families: ['inet'], protocols: ['tcp', 'udp'] } as const;

    it('it is an error only if what is asked for may be there', async () => {
      const gone = true;
      await expect(waitFor({ ...question, gone, port: 22 })).rejects.toMatchObject({
        code: 'unreadable',
        message: expect.stringContaining(`${proc}/net/udp`),
      });
      const expression = 'proto = tcp and sport = :22';
      expect(await waitFor({ ...question, gone, expression })).toEqual([]);
      expect(await waitFor({ ...question, timeout: 0, expression })).toBeNull();
      await expect(
        waitFor({ ...question, gone, expression: `${expression} or sport = :53` }),
      ).rejects.toMatchObject({ code: 'unreadable' });
    });
  });

  it('ends with the reason of its signal', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const waiting = waitFor({ expression: 'sport = :1', signal });
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await expect(waiting).rejects.toThrow('enough');
  });

  it.each([
    { timeout: -1 },
    { timeout: Number.NaN },
    { interval: 'soon' },
    { interval: 0 },
    { gone: 1 },
    { prot: 80 },
    null,
  ])('refuses %j', async (options) => {
    await expect(waitFor(options as never)).rejects.toMatchObject({ code: 'usage' });
  });
});
