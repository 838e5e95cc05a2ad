import { execFileSync, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { copyPackage, environment, root } from './support/built-bin.ts';

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

/** Whether the program asks the kernel who holds sockets, if that pays. */
function mayAskKernel(): boolean {
  if (process.platform !== 'linux' || process.geteuid?.() !== 0) return false;
  return /^Seccomp:\t0$/m.test(readFileSync('/proc/self/status', 'utf8'));
}

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
  const cacheFile = () => join(folder, 'dist', caches()[0] as string);
  /** The usual work, which leaves a cache behind. */
  const work = () => inFolder('bin/tsnetstat.js', '-tulpn');

  beforeAll(() => {
    folder = temporaryFolder('tsnetstat-start-');
    copyPackage(folder);
    writeFileSync(join(folder, 'hook.cjs'), hook);
  });
  beforeEach(forget);

  it('starts without one, as it comes from the registry', () => {
    expect(caches()).toEqual([]);
    expect(start('-V')).toEqual([0, 'none']);
    expect(caches()).toEqual([]);
  });

  it.skipIf(process.platform === 'win32').each([
    ['', {}],
    ['whether or not Node follows it', { NODE_OPTIONS: '--preserve-symlinks-main' }],
    ['as a variable requires', { NODE_PRESERVE_SYMLINKS_MAIN: '1' }],
  ])('starts through a link, as npm makes one %s', (_, variables) => {
    const links = join(folder, 'node_modules', '.bin');
    mkdirSync(links, { recursive: true });
    const link = join(links, 'tsnetstat');
    symlinkSync(join(folder, 'bin', 'tsnetstat.js'), link);
    const env = { ...environment(), ...variables };
    const { stdout, stderr, status } = spawnSync(process.execPath, [link, '-V'], {
      ...{ encoding: 'utf8', env },
    });
    rmSync(link);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^tsnetstat \d/);
  });

  it('leaves one behind when it did its usual work', () => {
    work();
    const { version, platform, arch } = process;
    expect(caches()).toEqual([`program.js.${version}-${platform}-${arch}.code-cache`]);
    expect(start('-V')).toEqual([0, 'taken']);
  });

  it.skipIf(process.platform === 'win32')('has one whatever link it is started through', () => {
    work();
    const written = () => {
      const { ino, mtimeMs } = statSync(cacheFile());
      return { names: caches(), ino, mtimeMs };
    };
    const before = written();
    const links = join(folder, 'links');
    mkdirSync(links);
    symlinkSync(join(folder, 'bin', 'tsnetstat.js'), join(links, 'tsnetstat'));
    symlinkSync(folder, join(links, 'package'));
    for (const link of ['tsnetstat', 'package/bin/tsnetstat.js']) {
      const { stderr } = inFolder('-r', './hook.cjs', join(links, link), '-V');
      expect([link, stderr]).toEqual([link, 'taken']);
      inFolder(join(links, link), '-tulpn');
    }
    expect(written()).toEqual(before);
  });

  it('prints the same with one and without', () => {
    // Of a machine that does not change, where this platform takes one.
    const machine = join(root, 'fixtures/linux/quiet-laptop');
    const of = process.platform === 'linux' ? ['--proc-root', machine] : [];
    const listing = () => inFolder('bin/tsnetstat.js', '-rn', ...of).stdout;
    work();
    const withOne = listing();
    expect(withOne).not.toBe('');
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
    inFolder('bin/tsnetstat.js', ...flags);
    expect(caches().length).toBe(1);
  });

  it('lets no other user write it, whatever the umask', () => {
    const before = process.umask(0);
    try {
      work();
    } finally {
      process.umask(before);
    }
    const { mode } = statSync(cacheFile());
    // Windows has no such bits, and shows none of them.
    expect(mode & (process.platform === 'win32' ? 0 : 0o022)).toBe(0);
  });

  it.runIf(process.platform === 'linux')("loads few of Node's own modules for a usual run", () => {
    const file = join(folder, 'modules.cjs');
    writeFileSync(
      file,
      `const before = new Set(process.moduleLoadList);
       process.on('exit', () => require('node:fs').writeSync(2, process.moduleLoadList
         .filter((name) => name.startsWith('NativeModule ') && !before.has(name))
         .map((name) => '<' + name.slice(13) + '>').join('') + '<end>'));`,
    );
    // Of a machine of its own: many sockets or processes need what threads need.
    const machine = ['--proc-root', join(root, 'fixtures/linux/quiet-laptop')];
    const { stdout, stderr } = inFolder('-r', file, 'bin/tsnetstat.js', '-tulpn', ...machine);
    expect(stdout).toContain('PID/Program name');
    expect(stderr).toMatch(/<end>$/);
    // Each of these families takes 1 to 4 ms.
    expect(stderr).not.toMatch(
      /<(perf_hooks|internal\/perf\/.*|module|internal\/modules\/esm\/.*)>/,
    );
  });

  /** Whether a name stands in the cached code of a usual run, as it does once what contains it was compiled. */
  const isCompiled = (name: string) => {
    work();
    const cached = readFileSync(cacheFile(), 'latin1');
    const source = readFileSync(join(folder, 'dist/program.js'), 'latin1');
    expect(source).toContain(name);
    // Behind the code stands the source.
    return cached.slice(0, cached.length - source.length).includes(name);
  };

  it('has in its code cache what other command lines need too', () => {
    // A method of commander's.
    expect(isCompiled('_parseOptionsImplied')).toBe(true);
  });

  it.runIf(mayAskKernel())('has in its code cache what asking the kernel for owners takes', () => {
    // Where it has the numbers of bpf(2).
    expect(isCompiled('loong64')).toBe(true);
  });

  it('is neither read nor written if a variable forbids it', () => {
    const hooked = ['-r', './hook.cjs', 'bin/tsnetstat.js'];
    const env = { ...environment(), TSNETSTAT_NO_CODE_CACHE: '1' };
    const without = (...args: string[]) =>
      spawnSync(process.execPath, [...hooked, ...args], { cwd: folder, encoding: 'utf8', env });
    work();
    expect(caches().length).toBe(1);
    expect(without('-V').stderr).toBe('none');
    forget();
    without('-tulpn');
    expect(caches()).toEqual([]);
  });

  it('an old Node is reported with what is needed, on one line', () => {
    const file = join(folder, 'old.cjs');
    writeFileSync(
      file,
      "Object.defineProperty(process, 'versions', { value: { node: '18.20.8' } })",
    );
    const { status, stdout, stderr } = inFolder('-r', file, 'bin/tsnetstat.js', '-tulpn');
    expect([status, stdout, stderr]).toEqual([
      2,
      '',
      'tsnetstat: Node 20 or later is needed; this is Node 18.20.8\n',
    ]);
  });

  it('leaves none behind a failure', () => {
    inFolder('bin/tsnetstat.js', '-tulpn', '--proc-root', '/nowhere/to/be/found');
    expect(caches()).toEqual([]);
  });

  it('does without a damaged one, and then replaces it', () => {
    work();
    const whole = readFileSync(cacheFile());
    const damaged = [
      whole.subarray(0, 5000),
      Buffer.from(whole).fill(0, 8192, 12_288),
      Buffer.concat([whole, whole]),
      // One bit in each of some places: of what it says of itself, of either code, of the source.
      ...Array.from({ length: 24 }, (_, i) => {
        const at = Math.floor((whole.length * i) / 24);
        return Buffer.from(whole).fill((whole[at] as number) ^ 4, at, at + 1);
      }),
    ];
    for (const bytes of damaged) {
      writeFileSync(cacheFile(), bytes);
      expect(start('-V')).toEqual([0, 'none']);
    }
    work();
    expect(start('-V')).toEqual([0, 'taken']);
  });

  it('is not taken by another version, though that is as long and older', () => {
    work();
    const program = join(folder, 'dist/program.js');
    const before = readFileSync(program, 'latin1');
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const other = version.replace(/\d+$/, (digits: string) => digits.replaceAll(/\d/g, '9'));
    writeFileSync(program, before.replaceAll(`"${version}"`, `"${other}"`), 'latin1');
    utimesSync(program, 1, 1);
    expect(inFolder('bin/tsnetstat.js', '-V').stdout).toBe(`tsnetstat ${other}\n`);
    writeFileSync(program, before, 'latin1');
    expect(start('-V')).toEqual([0, 'taken']);
  });

  const pipes = reasonToSkip({ platforms: ['linux', 'darwin'], programs: ['mkfifo'] });
  it.skipIf(pipes !== null)('does not wait for a pipe in its place, and replaces it', () => {
    work();
    const file = cacheFile();
    rmSync(file);
    execFileSync('mkfifo', [file]);
    expect(start('-V')).toEqual([0, 'none']);
    work();
    expect(start('-V')).toEqual([0, 'taken']);
  });

  it('reports in one line that the program is not there', () => {
    const program = join(folder, 'dist/program.js');
    renameSync(program, `${program}.away`);
    const { status, stdout, stderr } = inFolder('bin/tsnetstat.js', '-V');
    renameSync(`${program}.away`, program);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^tsnetstat: .*program\.js: cannot be read \(ENOENT\); reinstall tsnetstat\n$/,
    );
  });

  it('replaces what V8 refuses, unless it was started under flags of its own', () => {
    work();
    // As another build of V8 would have made it: a sound cache, of another version.
    const whole = readFileSync(cacheFile());
    const length = whole.readUInt32LE(16);
    for (const code of [24, 24 + length]) whole.fill(1, code + 4, code + 8);
    writeFileSync(cacheFile(), whole);
    expect(start('-V')).toEqual([0, 'refused']);
    inFolder('--no-opt', 'bin/tsnetstat.js', '-tulpn');
    expect(start('-V')).toEqual([0, 'refused']);
    work();
    expect(start('-V')).toEqual([0, 'taken']);
  });

  it('starts under flags that the cache was not made with, and leaves it alone', () => {
    work();
    const { stdout, stderr } = inFolder('--no-opt', '-r', './hook.cjs', 'bin/tsnetstat.js', '-V');
    expect([stdout, stderr]).toEqual([expect.stringContaining('tsnetstat '), 'refused']);
    expect(start('-V')).toEqual([0, 'taken']);
  });

  it('is in ASCII, as it is read', () => {
    const bytes = readFileSync(join(folder, 'dist/program.js'));
    expect(bytes.every((byte) => byte < 128)).toBe(true);
  });
});
