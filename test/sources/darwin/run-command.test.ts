import { EventEmitter } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processRunner, type StartProcess } from '../../../src/sources/darwin/run-command.ts';

describe.skipIf(process.platform === 'win32')('processRunner (stand-ins are shell scripts)', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tsnetstat-run-'));
    script('speak', 'printf "%s|" "$@"; echo "$LC_ALL|$LANG|$LC_CTYPE|$KEPT"');
    script('listen', 'read line && echo "read $line" || echo "nothing on stdin"');
    script('fail', 'printf "bad \\033[31m flag\\nmore\\n" >&2; exit 3');
    script('silent-fail', 'exit 1');
    script('die', 'kill -9 $$');
    // Its child holds the pipe.
    script('hang', `sleep 600 & echo $! >'${join(folder, 'child')}'; echo some; wait`);
    script('flood', 'while :; do echo 0123456789012345678901234567890123456789; done');
    script('where', 'echo "$PATH"');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function script(name: string, body: string) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const runner = (limits = {}) =>
    processRunner({ PATH: folder, LC_ALL: 'de_DE.UTF-8', LANG: 'de_DE', KEPT: 'kept' }, limits);

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
  ])('says so when a command %s', async (_, command, limits, message) => {
    await expect(runner(limits)(command, ['-x'])).rejects.toMatchObject({
      name: 'NetstatError',
      code: 'unreadable',
      path: command,
      message: expect.stringMatching(message),
    });
  });

  describe('says so when Node cannot start a command', () => {
    const failed = (code: string) => Object.assign(new Error(`spawn ps ${code}`), { code });
    const rejects = async (start: StartProcess, message: string) =>
      expect(processRunner({}, {}, start)('ps', ['-x'])).rejects.toMatchObject({
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
});
