import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { program } from '../support/program.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { environment, root } from './support/built-bin.ts';

const reason = reasonToSkip({ platforms: ['linux'], programs: ['mkfifo'] });

describe.skipIf(reason !== null)(`a file of one's own options (${reason ?? 'read'})`, () => {
  const home = temporaryFolder('tsnetstat-own-');
  const file = join(home, 'tsnetstat/options');
  beforeAll(() => mkdirSync(join(home, 'tsnetstat')));

  function run(...args: string[]) {
    const [command = '', ...before] = program;
    const machine = ['--proc-root', join(root, 'fixtures/linux/quiet-laptop')];
    const env = { ...environment(), XDG_CONFIG_HOME: home };
    const { stdout, stderr, status } = spawnSync(
      command,
      [...before, '-tln', ...machine, ...args],
      {
        encoding: 'utf8',
        env,
      },
    );
    return { stdout, stderr, status };
  }

  function write(text: string, mode = 0o644): void {
    rmSync(file, { force: true });
    writeFileSync(file, text);
    chmodSync(file, mode);
  }

  it('counts with --config, and not in a pipe without', () => {
    write('--format csv\n');
    expect(run('--config').stdout).toMatch(/^proto,family,/);
    expect(run().stdout).toMatch(/^Active Internet/);
    expect(run('--config', '--no-config').stdout).toMatch(/^Active Internet/);
  });

  it('with a mistake is one line and exit code 2', () => {
    write('-n\n--nope\n');
    const { stdout, stderr, status } = run('--config');
    expect([stdout, status]).toEqual(['', 2]);
    expect(stderr).toMatch(/^tsnetstat: \S+options, line 2: unknown option '--nope'[^\n]*\n$/);
  });

  it.each([
    [
      '--sort -age',
      [],
      /^tsnetstat: age: [^\n]+ \(asked for by your own options; --no-config leaves/,
    ],
    ['--columns host', [], /^tsnetstat: host: [^\n]+ \(asked for by your own options/],
    ['--sort age', ['--sort', 'age'], /^tsnetstat: age: [^\n(]+\n$/],
    ['--sort age', ['-r', '--sort', 'host'], /^tsnetstat: host: [^\n(]+\n$/],
  ])('is named if %s in it asks for what is not provided: beside %j', (text, args, line) => {
    write(`${text}\n`);
    const { stdout, stderr, status } = run('--config', ...args);
    expect([stdout, status]).toEqual(['', 2]);
    expect(stderr).toMatch(line);
  });

  it.each<[string, () => void, RegExp]>([
    ['others can write it', () => write('--format csv', 0o666), /others can write it/],
    ['it is too long', () => write(`#${'x'.repeat(70_000)}`), /too long/],
    [
      'it is a FIFO',
      () => {
        rmSync(file, { force: true });
        spawnSync('mkfifo', [file]);
      },
      /not a regular file/,
    ],
    [
      'it is a folder',
      () => {
        rmSync(file, { force: true });
        mkdirSync(file);
      },
      /not a regular file/,
    ],
  ])('is not read if %s, which is reported', (_, make, message) => {
    make();
    const { stdout, stderr, status } = run('--config');
    rmSync(file, { recursive: true, force: true });
    expect(stdout).toMatch(/^Active Internet/);
    expect(stderr).toMatch(message);
    expect(stderr.split('\n')).toHaveLength(2);
    expect(status).toBe(0);
  });
});
