import { getEventListeners } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { machinesSource } from '../../../src/sources/machines/machines.ts';
import { remoteSource } from '../../../src/sources/remote/index.ts';
import { openSession } from '../../../src/sources/remote/session.ts';
import type { SourceQuery } from '../../../src/sources/source.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

vi.mock('../../../src/flow/real-time.ts', () => import('../../support/late-timers.ts'));

const query: SourceQuery = { report: 'routes', families: ['inet'] };

/** Writes down its number, says that it is Linux and that this is all, and hears nothing any more. */
const answersOnce = `#!/bin/sh
echo $$ >>"$LOG"
until [ -n "$T" ]; do IFS= read -r T; done
T=\${T#T=}
printf '\\n%s 1 Linux\\n%s bye\\n' "$T" "$T"
exec sleep 1000
`;
const neverAnswers = `#!/bin/sh
echo $$ >>"$LOG"
exec sleep 1000
`;

describe.skipIf(process.platform === 'win32')('an ssh', () => {
  let root: string;
  let stop: AbortController;
  let isOver = false;
  beforeEach(() => {
    root = temporaryFolder('tsnetstat-ssh-');
    writeFileSync(join(root, 'log'), '');
    stop = new AbortController();
    isOver = false;
  });
  afterEach(() => {
    isOver = true;
    vi.useRealTimers();
    stop.abort();
    for (const pid of started()) end(pid);
  });

  function end(pid: number): void {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // As it should be.
    }
  }
  const started = () =>
    readFileSync(join(root, 'log'), 'utf8').split('\n').filter(Boolean).map(Number);
  function parts(ssh: string, signal: AbortSignal = stop.signal) {
    writeFileSync(join(root, 'ssh'), ssh, { mode: 0o755 });
    const env = { PATH: `${root}:/usr/bin:/bin`, LOG: join(root, 'log') };
    return { platform: 'linux', env, procRoot: null, timeout: 10_000, signal } as const;
  }
  const ask = (source: ReturnType<typeof remoteSource>) =>
    source
      .read(query, { warn() {} })
      .begun()
      .catch((error: unknown) => error);
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  async function until(holds: () => boolean): Promise<void> {
    while (!holds() && !isOver) await turn();
  }
  function isRunning(pid: number): boolean {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  }

  it('is not started if no caller waits any more', async () => {
    const reason = new Error('no longer wanted');
    stop.abort(reason);
    const there = parts(answersOnce);
    expect(() => openSession('web1', there)).toThrow(reason);
    expect(await ask(remoteSource('web1', there))).toBe(reason);
    expect(started()).toEqual([]);
  });

  it('is one of many that listen to a signal as one: Node takes more than ten for a leak', async () => {
    const there = parts(neverAnswers);
    const outcomes = ['a', 'b', 'c'].map((name) => ask(remoteSource(name, there)));
    await until(() => started().length === 3);
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1);
    stop.abort();
    for (const outcome of outcomes) expect(await outcome).toBe(stop.signal.reason);
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });

  it('that the system does not start is an error in one line', async () => {
    const there = parts(answersOnce);
    // More than a program is ever handed.
    const env = { ...there.env, BIG: 'x'.repeat(2 ** 24) };
    expect(await ask(remoteSource('web1', { ...there, env }))).toMatchObject({
      ...{ name: 'NetstatError', code: 'unreadable' },
      message: 'web1: ssh cannot be started (E2BIG)',
    });
  });

  it('is not started for waiting callers if none of them waits any more', async () => {
    const hosts = { names: ['a', 'b', 'c'], timeout: 10_000, atOnce: 1, strict: false };
    const source = machinesSource(
      hosts,
      (name, signal) => remoteSource(name, parts(neverAnswers, signal)),
      { signal: stop.signal },
    );
    const outcome = ask(source);
    await until(() => started().length === 1);
    stop.abort();
    expect(await outcome).toBe(stop.signal.reason);
    // As long as another one would have taken to begin.
    const again = openSession('d', parts(neverAnswers, new AbortController().signal));
    await until(() => started().length > 1);
    for (let i = 0; i < 100; i++) await turn();
    expect(started()).toHaveLength(2);
    expect(again.hasEnded).toBe(false);
  });

  it('that gives no answer in time is not asked a second time by another', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const source = remoteSource('web1', parts(answersOnce));
    await ask(source);
    const second = ask(source);
    await turn();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await second).toMatchObject({ message: 'web1: no answer within 10 seconds' });
    expect(started()).toHaveLength(1);
  });

  it('that gives no answer in time is reported with what it printed instead', async () => {
    const router = `#!/bin/sh
echo $$ >>"$LOG"
echo '******'
echo 'Welcome to router OS'
cat
`;
    // A busy machine may take long to get so far that it says anything.
    let timeout = 250;
    let message = '';
    do {
      timeout *= 2;
      const outcome = await ask(remoteSource('sw1', { ...parts(router), timeout }));
      ({ message } = outcome as Error);
    } while (!message.includes('said') && !isOver);
    const after = timeout === 1000 ? '1 second' : `${timeout / 1000} seconds`;
    expect(message).toBe(`sw1: no answer within ${after} (it said: Welcome to router OS)`);
  });

  it.each([
    [
      'a process it started keeps its output',
      `echo 'no route' >&2; (sleep 1000 >/dev/null </dev/null &)`,
    ],
    ['its last line is no text', `echo 'no route' >&2; printf '\\377\\376\\n***\\n' >&2`],
    ['its last line is very long', `printf 'no route%08000d\\n' 0 >&2`],
  ])('that fails is reported at once with its reason, even if %s', async (_, words) => {
    const failing = `#!/bin/sh\necho $$ >>"$LOG"\n${words}\nexit 255\n`;
    const { message } = (await ask(remoteSource('web1', parts(failing)))) as Error;
    expect(message).toMatch(/^web1: no route(?:0{192}…)?$/);
  });

  it.each<[string, string, string]>([
    [
      'could not connect',
      "echo 'ssh: connect to host web1 port 22: Connection refused' >&2; exit 255",
      'web1: ssh: connect to host web1 port 22: Connection refused',
    ],
    ['says nothing', 'exit 255', 'web1: ssh ended (status 255)'],
    ['is killed', 'kill -9 $$', 'web1: ssh ended (SIGKILL)'],
    [
      'finds no sh',
      "echo 'sh: command not found' >&2; exit 127",
      'web1: it ended without an answer (sh: command not found)',
    ],
    ['ends at once', 'exit 0', 'web1: it ended without an answer'],
    [
      'runs another program',
      "echo 'This account is for mail alone.'; exit 1",
      'web1: it did not run sh, and answered: This account is for mail alone.',
    ],
    ['breaks off', 'begin Linux; exit 0', 'web1: the answer was cut off'],
    [
      'leads to no Linux',
      'begin Darwin; sleep 1000',
      'web1: not Linux (Darwin); only Linux machines can be read over ssh',
    ],
    [
      'leads to a restricted shell',
      'begin; sleep 1000',
      'web1: its shell does not run uname, so it is unknown whether it is Linux; is the shell a restricted one?',
    ],
  ])('that %s says so', async (_, script, message) => {
    const ssh = `#!/bin/sh
echo $$ >>"$LOG"
begin() { until [ -n "\${T-}" ]; do IFS= read -r T; done; printf '\\n%s 1 %s\\n' "\${T#T=}" "$1"; }
${script}
`;
    expect(await ask(remoteSource('web1', parts(ssh)))).toMatchObject({ message });
  });

  it('that was left is not asked again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const source = remoteSource('web1', parts(answersOnce));
    await ask(source);
    await vi.advanceTimersByTimeAsync(2500);
    await ask(source);
    expect(started()).toHaveLength(2);
  });

  it('that has ended while nothing was asked is another one for the next question', async () => {
    const source = remoteSource('web1', parts(answersOnce));
    await ask(source);
    const [first = 0] = started();
    end(first);
    await ask(source);
    expect(started()).toHaveLength(2);
  });

  it('that is left and does not end is killed with the signal', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await ask(remoteSource('web1', parts(answersOnce)));
    const [pid = 0] = started();
    await vi.advanceTimersByTimeAsync(2500);
    expect(isRunning(pid)).toBe(true);
    stop.abort();
    await until(() => !isRunning(pid));
  });

  it('that is left and does not end is killed a second later', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await ask(remoteSource('web1', parts(answersOnce)));
    const [pid = 0] = started();
    await vi.advanceTimersByTimeAsync(3500);
    await until(() => !isRunning(pid));
  });
});
