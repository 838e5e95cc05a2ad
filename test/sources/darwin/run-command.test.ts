import { EventEmitter } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { wholeText } from '../../../src/sources/darwin/lines.ts';
import {
  processRunner,
  type RunCommand,
  type StartProcess,
} from '../../../src/sources/darwin/run-command.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

vi.mock('../../../src/flow/real-time.ts', () => import('../../support/late-timers.ts'));

describe.skipIf(process.platform === 'win32')('processRunner (stand-ins are shell scripts)', () => {
  let folder: string;
  beforeAll(() => {
    folder = temporaryFolder('tsnetstat-run-');
    script('speak', 'printf "%s|" "$@"; echo "$LC_ALL|$LANG|$LC_CTYPE|$KEPT"');
    script('listen', 'read line && echo "read $line" || echo "nothing on stdin"');
    script('fail', 'printf "bad \\033[31m flag\\nmore\\n" >&2; exit 3');
    script('silent-fail', 'exit 1');
    script(
      'complain',
      'echo rows; echo "complain(9) MallocStackLogging: no" >&2; echo "complain: sysctl: x: no" >&2',
    );
    script('chatter', 'echo rows; echo "objc[9]: twice" >&2; echo "chatter(9): noise" >&2');
    script('die', 'kill -9 $$');
    // Its child holds the pipe.
    script('hang', `sleep 600 & echo $! >'${join(folder, 'child')}'; echo some; wait`);
    script('flood', 'while :; do echo 0123456789012345678901234567890123456789; done');
    script('where', 'echo "$PATH"');
    script('talk-on', 'echo $$; exec sleep 600');
  });

  function script(name: string, body: string) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const env = () => ({ PATH: folder, LC_ALL: 'de_DE.UTF-8', LANG: 'de_DE', KEPT: 'kept' });
  const runner =
    (limits = {}) =>
    (...command: Parameters<RunCommand>) =>
      wholeText(processRunner(env(), limits)(...command));

  it('gives what was printed, in the C locale, its arguments untouched by a shell', async () => {
    expect(await runner()('speak', ['a b', '$HOME', '*'])).toBe('a b|$HOME|*|C|C||kept\n');
  });

  it('takes a locale of the caller’s instead', async () => {
    const said = await runner()('speak', [], { locale: { LC_CTYPE: 'UTF-8' } });
    expect(said).toBe('||C|UTF-8|kept\n');
  });

  it('gives the command nothing to read', async () => {
    expect(await runner()('listen', [])).toBe('nothing on stdin\n');
  });

  it('looks in the folders of the system before those of PATH', async () => {
    expect(await runner()('where', [])).toBe(`/usr/sbin:/usr/bin:/sbin:/bin:${folder}\n`);
  });

  it.each([
    [
      'is missing',
      'no-such-command',
      {},
      /^no-such-command -x: no such command in \/usr\/sbin, .* or on PATH$/,
    ],
    ['fails', 'fail', {}, /^fail -x: failed \(exit code 3\): "bad \\u001b\[31m flag"$/],
    ['fails in silence', 'silent-fail', {}, /^silent-fail -x: failed \(exit code 1\)$/],
    ['dies', 'die', {}, /^die -x: failed \(ended by SIGKILL\)$/],
    ['prints too much', 'flood', { maxOutput: 5000 }, /^flood -x: printed more than 5000 bytes$/],
  ])('reports that a command %s', async (_, command, limits, message) => {
    await expect(runner(limits)(command, ['-x'])).rejects.toMatchObject({
      name: 'NetstatError',
      code: 'unreadable',
      path: command,
      message: expect.stringMatching(message),
    });
  });

  it.each([
    ['complain', ['complain -x: complained: "complain: sysctl: x: no"']],
    ['chatter', []],
  ])(
    '%s: what it says about itself is a complaint, whatever its exit code',
    async (command, said) => {
      const complaints: string[] = [];
      const complained = ({ message }: Error) => void complaints.push(message);
      expect(await runner()(command, ['-x'], { complained })).toBe('rows\n');
      expect(complaints).toEqual(said);
    },
  );

  describe('reports that Node cannot start a command', () => {
    const failed = (code: string) => Object.assign(new Error(`spawn ps ${code}`), { code });
    const rejects = async (start: StartProcess, message: string) =>
      expect(wholeText(processRunner({}, {}, start)('ps', ['-x']))).rejects.toMatchObject({
        ...{ name: 'NetstatError', code: 'unreadable', path: 'ps', message },
      });

    it.each([
      ['EPERM', 'ps -x: cannot be run (EPERM): a sandbox may forbid it'],
      ['E2BIG', 'ps -x: cannot be run (E2BIG)'],
    ])('and throws: %s', async (code, message) => {
      await rejects(() => {
        throw failed(code);
      }, message);
    });

    it('and has no file left for its pipes', async () => {
      await rejects(() => {
        const child = new EventEmitter();
        process.nextTick(() => child.emit('error', failed('EMFILE')));
        return child as ReturnType<StartProcess>;
      }, 'ps -x: cannot be run (EMFILE): too many open files; raise the limit (ulimit -n)');
    });
  });

  it('gives up on a command that hangs, without waiting for its children', async () => {
    const child = () => Number(readFileSync(join(folder, 'child'), 'utf8'));
    // A busy machine may take long to get so far that there is a child.
    let timeout = 150;
    do {
      timeout *= 2;
      writeFileSync(join(folder, 'child'), '');
      await expect(runner({ timeout })('hang', [])).rejects.toMatchObject({
        code: 'unreadable',
        message: `hang: did not finish within ${timeout / 1000} s`,
      });
    } while (child() === 0);
    // Still there, so nobody waited for it.
    expect(process.kill(child(), 'SIGKILL')).toBe(true);
  });

  it('gives output as it comes, and ends a command of which no more is wanted', async () => {
    const output = processRunner(env())('talk-on', []);
    const { value } = await output.next();
    const pid = Number(String(value));
    expect(process.kill(pid, 0)).toBe(true);
    await output.return();
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'));
  });
});

describe('the time that a command takes', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'hrtime'] }));
  afterEach(() => void vi.useRealTimers());

  function begun() {
    const stdout = new PassThrough();
    const child = Object.assign(new EventEmitter(), {
      ...{ stdout, stderr: new PassThrough(), kill: () => true },
    });
    const start = () => child as unknown as ReturnType<StartProcess>;
    return { child, output: processRunner({}, { timeout: 10_000 }, start)('netstat', []) };
  }
  const text = async (answer: Promise<IteratorResult<Buffer, void>>) =>
    String((await answer).value);

  it('is not that which its reader takes', async () => {
    const { child, output } = begun();
    child.stdout.write('a');
    expect(await text(output.next())).toBe('a');
    vi.advanceTimersByTime(3_600_000);
    child.stdout.end('b');
    expect(await text(output.next())).toBe('b');
    child.emit('close', 0, null);
    expect(await output.next()).toEqual({ done: true });
  });

  it('is limited altogether, not from one piece to the next', async () => {
    const { child, output } = begun();
    const first = output.next();
    await vi.advanceTimersByTimeAsync(6000);
    child.stdout.write('a');
    expect(await text(first)).toBe('a');
    const second = expect(output.next()).rejects.toThrow('netstat: did not finish within 10 s');
    await vi.advanceTimersByTimeAsync(6000);
    await second;
    expect(child.stdout.destroyed).toBe(true);
  });
});
