import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment, root } from './support/built-bin.js';

/** Tells at the end whether V8 took the code cache that the program was started with. */
const hook = `
const vm = require('node:vm');
vm.Script = class extends vm.Script {
  constructor(...args) {
    super(...args);
    const given = args[1].cachedData !== undefined;
    process.on('exit', () =>
      require('node:fs').writeSync(2, given ? (this.cachedDataRejected ? 'refused' : 'taken') : 'none'));
  }
};`;

describe('the package, started with and without its code cache', () => {
  let folder: string;
  const inFolder = (...args: string[]) =>
    spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env: environment() });
  const start = () => {
    const { stdout, stderr, status } = inFolder('-r', './hook.cjs', 'bin/tsnetstat.js', '-V');
    return [status, /^tsnetstat \d+\.\d+\.\d+\n$/.test(stdout), stderr];
  };
  const caches = () =>
    readdirSync(join(folder, 'dist')).filter((name) => name.endsWith('.code-cache'));

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tsnetstat-start-'));
    for (const part of ['bin', 'package.json'])
      cpSync(root + part, join(folder, part), { recursive: true });
    writeFileSync(join(folder, 'hook.cjs'), hook);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('installs in a checkout that is not built', () => {
    expect(inFolder('bin/postinstall.js')).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  it('starts without one, as it comes from the registry', () => {
    cpSync(`${root}dist`, join(folder, 'dist'), { recursive: true });
    for (const name of caches()) rmSync(join(folder, 'dist', name));
    expect(start()).toEqual([0, true, 'none']);
  });

  it('is given one when it is installed, without a word', () => {
    expect(inFolder('bin/postinstall.js')).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(caches()).toEqual([`program.js.${process.version}-${process.arch}.code-cache`]);
    expect(start()).toEqual([0, true, 'taken']);
  });

  it('starts with half of one', () => {
    const [name] = caches() as [string];
    truncateSync(join(folder, 'dist', name), 5000);
    expect(start()).toEqual([0, true, 'refused']);
  });

  it('starts under flags that the cache was not made with', () => {
    inFolder('bin/postinstall.js');
    const { stdout, stderr } = inFolder('--no-opt', '-r', './hook.cjs', 'bin/tsnetstat.js', '-V');
    expect([stdout, stderr]).toEqual([expect.stringContaining('tsnetstat '), 'refused']);
  });

  it('is in ASCII, as it is read', () => {
    expect(/^[\0-\x7f]*$/.test(readFileSync(`${root}dist/program.js`, 'latin1'))).toBe(true);
  });
});
