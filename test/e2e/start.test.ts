import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
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

  const forget = () => {
    for (const name of caches()) rmSync(join(folder, 'dist', name));
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tsnetstat-start-'));
    for (const part of ['bin', 'dist', 'package.json']) {
      cpSync(root + part, join(folder, part), { recursive: true });
    }
    forget();
    writeFileSync(join(folder, 'hook.cjs'), hook);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('starts without one, as it comes from the registry', () => {
    expect(caches()).toEqual([]);
    expect(start('-V')).toEqual([0, 'none']);
    expect(caches()).toEqual([]);
  });

  it('leaves one behind when it did its usual work', () => {
    inFolder('bin/tsnetstat.js', '-tulpn');
    const { version, platform, arch } = process;
    expect(caches()).toEqual([`program.js.${version}-${platform}-${arch}.code-cache`]);
    expect(start('-V')).toEqual([0, 'taken']);
  });

  it('prints the same with one and without', () => {
    const listing = () => inFolder('bin/tsnetstat.js', '-rn').stdout;
    const withOne = listing();
    forget();
    expect(listing()).toBe(withOne);
  });

  it.each([['-tulpn', '--version'], ['-p', '--help'], ['-rp'], ['-tuln']])(
    'leaves none behind another work: %s %s',
    (...flags) => {
      inFolder('bin/tsnetstat.js', ...flags);
      expect(caches()).toEqual([]);
    },
  );

  it.each([['-4tp'], ['--programs', '-t'], ['-tp']])('leaves one behind %s %s', (...flags) => {
    forget();
    inFolder('bin/tsnetstat.js', ...flags);
    expect(caches().length).toBe(1);
  });

  it('lets nobody else write it, whatever the umask', () => {
    forget();
    const before = process.umask(0);
    try {
      inFolder('bin/tsnetstat.js', '-tulpn');
    } finally {
      process.umask(before);
    }
    const { mode } = statSync(join(folder, 'dist', caches()[0] as string));
    // Windows has no such bits, and shows none of them.
    expect(mode & (process.platform === 'win32' ? 0 : 0o022)).toBe(0);
  });

  it('leaves none behind a failure', () => {
    forget();
    inFolder('bin/tsnetstat.js', '-tulpn', '--proc-root', '/nowhere/to/be/found');
    expect(caches()).toEqual([]);
  });

  it('starts with half of one', () => {
    inFolder('bin/tsnetstat.js', '-tulpn');
    const [name] = caches() as [string];
    truncateSync(join(folder, 'dist', name), 5000);
    expect(start('-V')).toEqual([0, 'refused']);
  });

  it('replaces what V8 refuses, unless it was started under flags of its own', () => {
    inFolder('--no-opt', 'bin/tsnetstat.js', '-tulpn');
    expect(start('-V')).toEqual([0, 'refused']);
    inFolder('bin/tsnetstat.js', '-tulpn');
    expect(start('-V')).toEqual([0, 'taken']);
  });

  it('starts under flags that the cache was not made with, and leaves it alone', () => {
    const { stdout, stderr } = inFolder('--no-opt', '-r', './hook.cjs', 'bin/tsnetstat.js', '-V');
    expect([stdout, stderr]).toEqual([expect.stringContaining('tsnetstat '), 'refused']);
    expect(start('-V')).toEqual([0, 'taken']);
  });

  it('is in ASCII, as it is read', () => {
    const bytes = readFileSync(join(folder, 'dist/program.js'));
    expect(bytes.every((byte) => byte < 128)).toBe(true);
  });
});
