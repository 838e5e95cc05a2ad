import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { programOn } from '../support/program.ts';
import { because, reasonToSkip } from '../support/requirements.ts';
import { environment, tsnetstat } from './support/built-bin.ts';
import { captureOfRows } from './support/many-rows.ts';

const reason = reasonToSkip({ platforms: ['linux', 'darwin'] });

/** A /proc whose sockets come and go; signals and pipes are the shell's and the user's. */
describe.skipIf(reason !== null)(`--follow${because(reason)}`, () => {
  let proc = '';
  let whole = '';
  let child: ChildProcess;
  let stderr = '';
  let isOver = false;

  beforeEach(() => {
    proc = captureOfRows(50);
    whole = readFileSync(join(proc, 'net/tcp'), 'utf8');
    stderr = '';
    isOver = false;
  });
  afterEach(() => {
    isOver = true;
    child?.kill('SIGKILL');
  });

  function show(rows: number): void {
    writeFileSync(
      join(proc, 'net/next'),
      whole
        .split('\n')
        .slice(0, rows + 1)
        .join('\n')
        .concat('\n'),
    );
    renameSync(join(proc, 'net/next'), join(proc, 'net/tcp'));
  }

  /** Half of the sockets go, and come again, until the test is over. */
  async function change(): Promise<void> {
    for (let rows = 25; !isOver; rows = 75 - rows) {
      show(rows);
      await sleep(50);
    }
  }

  function start(args: readonly string[]): ChildProcess {
    const [file, ...before] = programOn('linux');
    const flags = ['--follow', '-tn', '--proc-root', proc, '--interval', '0.02', ...args];
    child = spawn(file, [...before, ...flags], {
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stderr?.on('data', (text: Buffer) => {
      stderr += text.toString();
    });
    return child;
  }

  async function lines(count: number): Promise<readonly string[]> {
    const read: string[] = [];
    void change();
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
      if (read.push(line) === count) break;
    }
    return read;
  }

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends it with %i and a summary', async (signal, code) => {
    start([]);
    const read = await lines(60);
    expect(read[0]).toMatch(/^Time +Event +Proto Recv-Q/);
    expect(read.slice(1).every((line) => / (?:opened|closed) tcp /.test(line))).toBe(true);
    child.stdout?.resume();
    child.kill(signal);
    const [end] = await once(child, 'close');
    expect(end).toBe(code);
    expect(stderr).toMatch(
      /^tsnetstat: followed for \d+\.\d s: \d+ opened, \d+ closed, 0 changed\n$/,
    );
  });

  it('a reader that has enough ends it quietly', async () => {
    start([]);
    await lines(3);
    child.stdout?.destroy();
    const [end] = await once(child, 'close');
    expect([end, stderr]).toEqual([0, '']);
  });

  it('a signal ends it although the pipe is full and has no reader', async () => {
    const { stdout } = start(['--json']);
    void change();
    // Before it has begun the signal would end it by itself.
    await once(stdout as NodeJS.ReadableStream, 'readable');
    // A pipe holds 64 KiB, or 200; each change of half of the sockets is 20 KiB.
    await sleep(1000);
    child.kill('SIGTERM');
    const [end] = await once(child, 'exit');
    expect(end).toBe(143);
  });

  it.each([
    [['--format', 'table'], '--follow cannot be used with --format table'],
    [['--sort', 'port'], '--follow cannot be used with --sort'],
    [['-r'], '--follow is about sockets, not routes'],
    [['--columns', 'nothing'], "sockets have no column 'nothing'"],
    [['rtt > 1'], 'only a live Linux provides'],
    [['--port', 'x y'], '--port: expected'],
  ])('%s is refused in one line', (args, message) => {
    const all = ['--follow', '-t', '--proc-root', proc, ...args];
    const { status, stdout, stderr } = tsnetstat(all, { platform: 'linux' });
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr.split('\n')).toHaveLength(2);
    expect(stderr).toContain(message);
  });
});
