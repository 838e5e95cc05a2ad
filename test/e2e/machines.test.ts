/** --on, by the built program: whatever ends it, no ssh is left behind. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { program, programFiles } from '../support/program.ts';
import { because, reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { environment } from './support/built-bin.ts';
import { type OnTerminal, onTerminal } from './support/terminal.ts';

const reason = reasonToSkip({
  platforms: ['linux'],
  loopback: true,
  programs: ['/usr/bin/python3'],
  files: programFiles,
});

describe.skipIf(reason !== null)(`machines that never answer${because(reason)}`, () => {
  const folder = temporaryFolder('tsnetstat-machines-');
  const children: ChildProcess[] = [];
  const terminals: OnTerminal[] = [];
  const ssh = join(folder, 'ssh');
  writeFileSync(ssh, '#!/bin/sh\nwhile :; do read -r line || sleep 1; done\n', { mode: 0o755 });
  const env = environment({ PATH: `${folder}:/usr/bin:/bin`, TERM: 'xterm-256color' });

  afterEach(() => {
    for (const one of children.splice(0)) one.kill('SIGKILL');
    for (const one of terminals.splice(0)) one.kill();
    for (const pid of running()) process.kill(pid, 'SIGKILL');
  });

  /** The processes of this ssh. */
  function running(): readonly number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => {
        try {
          return readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0')[1] === ssh;
        } catch {
          return false;
        }
      })
      .map(Number);
  }

  async function until(count: number): Promise<void> {
    const end = performance.now() + 20_000;
    while (running().length !== count && performance.now() < end) await sleep(20);
    expect(running()).toHaveLength(count);
  }

  it('are named on standard input', () => {
    const piped = `printf 'web1\\n-x\\n' | "$0" "$@" -t --on @-`;
    const { stderr } = spawnSync('sh', ['-c', piped, ...program], { env });
    expect(stderr.toString()).toBe('tsnetstat: -:2: -x: it begins with -, as an option does\n');
  });

  it.each(['SIGHUP', 'SIGQUIT', 'SIGTERM'] as const)('--serve, ended by %s', async (signal) => {
    const [first, ...rest] = program;
    const child = spawn(first, [...rest, '--serve', '0', '--on', 'a,b'], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    children.push(child);
    const [line] = await new Promise<[string]>((resolve) =>
      createInterface({ input: child.stderr }).once('line', (text) => resolve([text])),
    );
    get({ port: Number(/:(\d+)\//.exec(line)?.[1]), path: '/metrics' }).on('error', () => {});
    await until(2);
    child.kill(signal);
    await until(0);
  });

  it.each(['SIGHUP', 'SIGALRM', 'SIGINT'] as const)('--follow, ended by %s', async (signal) => {
    const [first, ...rest] = program;
    const child = spawn(first, [...rest, '--follow', '-t', '--no-config', '--on', 'a,b'], {
      env,
      stdio: 'ignore',
    });
    children.push(child);
    await until(2);
    child.kill(signal);
    await until(0);
  });

  it.each(['SIGHUP', 'SIGTERM', 'SIGQUIT'])('--live, ended by %s', async (signal) => {
    const live = onTerminal([...program, '--live', '-t', '--no-config', '--on', 'a,b'], { env });
    terminals.push(live);
    await until(2);
    await live.see('quit');
    live.order(`kill ${signal}`);
    const { mode } = await live.ended();
    expect(mode).toBe('cooked');
    await until(0);
  });

  it('--live, whose terminal goes away', async () => {
    const live = onTerminal([...program, '--live', '-t', '--no-config', '--on', 'a,b'], { env });
    terminals.push(live);
    await until(2);
    await live.see('quit');
    live.order('hang');
    expect((await live.ended()).code).toBe(129);
    await until(0);
  });
});
