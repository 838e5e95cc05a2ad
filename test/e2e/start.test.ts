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
  const start = (flags: string) => {
    const { stderr, status } = inFolder('-r', './hook.cjs', 'bin/tsnetstat.js', flags);
    // A warning about owners may stand before it.
    return [status, stderr.split('\n').at(-1)];
  };
  const caches = () =>
    readdirSync(join(folder, 'dist')).filter((name) => name.endsWith('.code-cache'));

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tsnetstat-start-'));
    for (const part of ['bin', 'dist', 'package.json']) {
      cpSync(root + part, join(folder, part), { recursive: true });
    }
    for (const name of caches()) rmSync(join(folder, 'dist', name));
    writeFileSync(join(folder, 'hook.cjs'), hook);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('starts without one, as it comes from the registry', () => {
    expect(caches()).toEqual([]);
    expect(start('-V')).toEqual([0, 'none']);
    expect(caches()).toEqual([]);
  });

  it('leaves one behind when it did its usual work', () => {
    expect(start('-tulpn')).toEqual([0, 'none']);
    const { version, platform, arch } = process;
    expect(caches()).toEqual([`program.js.${version}-${platform}-${arch}.code-cache`]);
    expect(start('-V')).toEqual([0, 'taken']);
  });

  it('prints the same with one and without', () => {
    const listing = () => inFolder('bin/tsnetstat.js', '-rn').stdout;
    const withOne = listing();
    for (const name of caches()) rmSync(join(folder, 'dist', name));
    expect(listing()).toBe(withOne);
  });

  it('leaves none behind a failure', () => {
    inFolder('bin/tsnetstat.js', '-tulpn', '--proc-root', '/nowhere/to/be/found');
    expect(caches()).toEqual([]);
  });

  it('starts with half of one', () => {
    start('-tulpn');
    const [name] = caches() as [string];
    truncateSync(join(folder, 'dist', name), 5000);
    expect(start('-V')).toEqual([0, 'refused']);
  });

  it('starts under flags that the cache was not made with, and leaves it alone', () => {
    for (const name of caches()) rmSync(join(folder, 'dist', name));
    start('-tulpn');
    const { stdout, stderr } = inFolder('--no-opt', '-r', './hook.cjs', 'bin/tsnetstat.js', '-V');
    expect([stdout, stderr]).toEqual([expect.stringContaining('tsnetstat '), 'refused']);
    expect(start('-V')).toEqual([0, 'taken']);
  });

  it('is in ASCII, as it is read', () => {
    const bytes = readFileSync(join(folder, 'dist/program.js'));
    expect(bytes.every((byte) => byte < 128)).toBe(true);
  });
});
