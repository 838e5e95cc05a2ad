import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { programOn } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { asLinux, environment, root, shell, tsnetstat } from './support/built-bin.ts';

/** What people type, where it takes a process or this machine; the rest is in test/commands/habits.test.ts. */

const laptop = `${root}fixtures/linux/quiet-laptop`;

it.each(['-c 0.01', '-tnc 0.01', '-tn --interval 0.01', '-c -tn 0.01'])(
  '%s repeats at that pace',
  (line) => {
    const typed = `tsnetstat ${line} --proc-root '${laptop}'`;
    const { stdout } = shell(`${typed} | head -60 | grep -c '^Active Internet'`, asLinux);
    expect(Number(stdout)).toBeGreaterThan(1);
  },
);

describe.skipIf(process.platform === 'win32')('on this machine', () => {
  let server: Server;
  // Where it can be, at an address of its own and a port that nobody gets by chance: it is closed in between.
  const isLinux = process.platform === 'linux';
  const address = isLinux ? `127.77.${(process.pid >> 8) & 255}.${process.pid & 255}` : '127.0.0.1';
  let port = isLinux ? 61_998 : 0;
  beforeAll(async () => {
    server = createServer();
    server.listen(port, address);
    await once(server, 'listening');
    port = (server.address() as { port: number }).port;
  });
  afterAll(() => {
    server.close();
  });

  const [first, ...rest] = programOn(process.platform);
  /** Starts it; the code or the signal that it ends with. */
  function start(args: readonly string[], stderr: 'ignore' | 'pipe' = 'ignore') {
    const child = spawn(first, [...rest, ...args], {
      stdio: ['ignore', 'ignore', stderr],
      env: environment(),
    });
    const end = once(child, 'exit').then(([code, signal]) => code ?? signal);
    return { child, end };
  }

  it('takes names of hosts in filters and expressions', async () => {
    const local = createServer().listen(0, '127.0.0.1');
    await once(local, 'listening');
    const { port } = local.address() as { port: number };
    try {
      for (const filter of [['--local', `localhost:${port}`], [`src localhost:${port}`]]) {
        expect(tsnetstat(['-tl', '--pids', ...filter])).toMatchObject({
          ...{ status: 0, stdout: `${process.pid}\n`, stderr: '' },
        });
      }
    } finally {
      local.close();
    }
    const { status, stderr } = tsnetstat([
      '-tn',
      '--resolve-timeout',
      '0',
      '--remote',
      'no.example',
    ]);
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/^tsnetstat: --remote: .*'no.example'.*\n$/),
    ]);
  });

  it('--pids prints who listens', () => {
    expect(tsnetstat(['-tl', '--local', `${address}:${port}`, '--pids'])).toMatchObject({
      status: 0,
      stdout: `${process.pid}\n`,
    });
  });

  it('--wait ends when it listens, --wait-gone when it does no more', async () => {
    const waiting = ['-q', '--local', `${address}:${port}`];
    await new Promise((resolve) => server.close(resolve));
    expect(await start(['--wait', '0.2', ...waiting]).end).toBe(1);
    const until = start(['--wait', '60', ...waiting]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(until.child.exitCode).toBeNull();
    server = createServer().listen(port, address);
    await once(server, 'listening');
    expect(await until.end).toBe(0);

    expect(await start(['-l', '--wait-gone', '0.2', ...waiting]).end).toBe(1);
    const gone = start(['-l', '--wait-gone', '60', ...waiting]);
    await new Promise((resolve) => server.close(resolve));
    expect(await gone.end).toBe(0);
  });

  it.runIf(isLinux).each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('--wait is ended by %s', async (signal, code) => {
    const proc = temporaryFolder('tsnetstat-wait-');
    // It reports once what it cannot see, as it begins to wait.
    mkdirSync(join(proc, 'net'));
    const row =
      '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711';
    writeFileSync(join(proc, 'net', 'tcp'), `a header\n${row}\n`);
    mkdirSync(join(proc, '77'));
    writeFileSync(join(proc, '77', 'fd'), 'a folder on any machine');
    const asked = ['-q', '-t4', '--wait', '--program', 'nginx', '--proc-root', proc];
    const { child, end } = start(asked, 'pipe');
    const [report] = await once(child.stderr as Readable, 'data');
    expect(String(report)).toContain('1 process could not be inspected');
    await new Promise((resolve) => setTimeout(resolve, 100));
    child.kill(signal);
    expect(await end).toBe(code);
  });
});
