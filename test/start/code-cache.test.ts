import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  canKeepCodeCache,
  codeCacheFile,
  readCodeCache,
  readProgram,
  writeCodeCache,
} from '../../src/start/code-cache.ts';
import { programOf, programScript } from '../../src/start/program-script.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('the code cache', () => {
  let folder: string;
  let program: string;
  const text = '(function(exports,require,module,__filename,__dirname){require(__filename)})';
  const source = Buffer.from(text);

  beforeEach(() => {
    folder = temporaryFolder('tsnetstat-');
    program = join(folder, 'program.js');
    writeFileSync(program, source);
  });

  /** A cache's code for a program of this content. */
  const codeFor = (file: string, content = source) =>
    readCodeCache(file, { source: content, memory: Buffer.alloc(0) });
  /** Compiles the program and has it ask for a module. */
  const asked = (cached?: Buffer, file = program) => {
    const names: string[] = [];
    const script = programScript(file, readFileSync(file, 'latin1'), cached);
    programOf(script, file)(((name: string) => names.push(name)) as never);
    return { script, names };
  };
  /** The same under another name: what V8 itself compiled before, it does not look up in a cache. */
  const askedElsewhere = (cached: Buffer | undefined) => {
    const other = join(folder, 'other.js');
    copyFileSync(program, other);
    const { script, names } = asked(cached, other);
    return [script.cachedDataRejected, names[0] === other];
  };

  it('belongs to one Node on one kind of system and processor', () => {
    expect(codeCacheFile(program)).toBe(
      `${program}.${process.version}-${process.platform}-${process.arch}.code-cache`,
    );
  });

  it('is absent before it is made', () => {
    expect(codeFor(program)).toBeUndefined();
    expect(asked().names).toEqual([program]);
  });

  it('is taken by the very program that it was made of', () => {
    writeCodeCache(program, source, asked().script.createCachedData());
    expect(readdirSync(folder).length).toBe(2);
    expect(askedElsewhere(codeFor(program))).toEqual([false, true]);
  });

  it('is not taken by a copy of the program, which would run under the old path', () => {
    writeCodeCache(program, source, asked().script.createCachedData());
    const copy = join(folder, 'program.jz');
    copyFileSync(program, copy);
    copyFileSync(codeCacheFile(program), codeCacheFile(copy));
    expect(codeFor(copy)).toBeUndefined();
    expect(codeFor(program)).toBeDefined();
  });

  it('is not taken by another source, however old, and as long', () => {
    writeCodeCache(program, source, asked().script.createCachedData());
    const other = Buffer.from(text.replace('(__filename)', '(__dirname) '));
    writeFileSync(program, other);
    utimesSync(program, 0, 0);
    expect(other.length).toBe(source.length);
    expect(codeFor(program, other)).toBeUndefined();
    expect(codeFor(program)).toBeDefined();
  });

  /** What is read where the file of the cache holds these bytes. */
  const readOf = (bytes: Buffer) => {
    writeFileSync(codeCacheFile(program), bytes);
    return codeFor(program);
  };

  it('is not taken with any one bit of it other than it was', () => {
    writeCodeCache(program, source, asked().script.createCachedData());
    const whole = readFileSync(codeCacheFile(program));
    for (let bit = 0; bit < whole.length * 8; bit += 7) {
      const place = bit >> 3;
      const flipped = Buffer.from(whole);
      flipped[place] = (whole[place] as number) ^ (1 << (bit & 7));
      expect(readOf(flipped), `bit ${bit}`).toBeUndefined();
    }
    expect(readOf(whole)).toBeDefined();
  });

  it('is not taken cut short, nor with more behind it', () => {
    writeCodeCache(program, source, asked().script.createCachedData());
    const whole = readFileSync(codeCacheFile(program));
    for (let size = 0; size < whole.length; size += 13) {
      expect(readOf(whole.subarray(0, size)), `${size} bytes`).toBeUndefined();
    }
    expect(readOf(Buffer.concat([whole, whole]))).toBeUndefined();
  });

  it.each([
    ['a group may write', 0o664],
    ['anybody may write', 0o646],
  ])('is not taken where %s it', (_, mode) => {
    writeCodeCache(program, source, asked().script.createCachedData());
    chmodSync(codeCacheFile(program), mode);
    const isTaken = codeFor(program) !== undefined;
    expect(isTaken).toBe(process.platform === 'win32');
  });

  const unowned = reasonToSkip({ platforms: ['linux', 'darwin'], root: true });
  it.skipIf(unowned !== null)("is not taken from another than the program's owner and root", () => {
    writeCodeCache(program, source, asked().script.createCachedData());
    const takenOf = (owner: number, programOwner: number) => {
      chownSync(codeCacheFile(program), owner, 0);
      chownSync(program, programOwner, 0);
      return codeFor(program) !== undefined;
    };
    expect([takenOf(0, 0), takenOf(0, 1234), takenOf(1234, 1234)]).toEqual([true, true, true]);
    expect([takenOf(1234, 0), takenOf(1234, 1235)]).toEqual([false, false]);
  });

  const noPipes = reasonToSkip({ platforms: ['linux', 'darwin'], programs: ['mkfifo'] });
  it.skipIf(noPipes !== null)('is not waited for where a pipe has its name', () => {
    execFileSync('mkfifo', [codeCacheFile(program)]);
    expect(codeFor(program)).toBeUndefined();
    writeCodeCache(program, source, asked().script.createCachedData());
    expect(codeFor(program)).toBeDefined();
  });

  it.skipIf(process.platform === 'win32')('is not looked for behind a link', () => {
    writeCodeCache(program, source, asked().script.createCachedData());
    renameSync(codeCacheFile(program), join(folder, 'elsewhere'));
    symlinkSync(join(folder, 'elsewhere'), codeCacheFile(program));
    expect(codeFor(program)).toBeUndefined();
  });

  it.each([
    ['nothing', (whole: Buffer) => whole.subarray(0, 0)],
    ['half of it', (whole: Buffer) => whole.subarray(0, whole.length / 2)],
    ['the work of another V8', (whole: Buffer) => Buffer.from(whole).fill(1, 4, 8)],
  ])('does no harm where it is %s', (_, spoilt) => {
    expect(askedElsewhere(spoilt(asked().script.createCachedData()))).toEqual([true, true]);
  });

  it.each([
    ['enough for the code', 'code', true],
    ['too little', 'code'.repeat(99), false],
  ])('is read into the memory of the source if that is %s', (_, code, isShared) => {
    writeCodeCache(program, source, Buffer.from(code));
    const content = readProgram(program);
    expect(content.source.toString()).toBe(text);
    const cached = readCodeCache(program, content);
    expect(cached?.toString()).toBe(code);
    expect(cached?.buffer === content.memory.buffer).toBe(isShared);
  });

  it('leaves the source alone if it is of another one', () => {
    writeCodeCache(program, Buffer.from(text.replace('require(', 'requirf(')), Buffer.from('code'));
    const content = readProgram(program);
    expect(readCodeCache(program, content)).toBeUndefined();
    expect(content.source.toString()).toBe(text);
  });

  it('replaces the one before, and leaves nothing else behind', () => {
    writeCodeCache(program, source, Buffer.from('one'));
    writeCodeCache(program, source, Buffer.from('two'));
    expect(codeFor(program)?.toString()).toBe('two');
    expect(readdirSync(folder).length).toBe(2);
  });

  it('leaves three of other Nodes beside it, the youngest, and nothing else alone', () => {
    const others = [18, 20, 22, 24, 26].map((major) => `${program}.v${major}.0.0-x-y.code-cache`);
    for (const [i, file] of others.entries()) {
      writeFileSync(file, '');
      utimesSync(file, 1000 + i, 1000 + i);
    }
    writeFileSync(`${program}.map`, '');
    writeCodeCache(program, source, asked().script.createCachedData());
    const kept = [program, `${program}.map`, codeCacheFile(program), ...others.slice(2)];
    expect(
      readdirSync(folder)
        .map((name) => join(folder, name))
        .sort(),
    ).toEqual(kept.sort());
  });

  it('removes what runs left that were killed while they wrote it, and nothing that one still writes', () => {
    const { pid: ended } = spawnSync(process.execPath, ['-e', '']);
    const unfinished = (pid: number) => `${program}.v18.0.0-x-y.code-cache.${pid}`;
    for (const pid of [ended, process.ppid]) writeFileSync(unfinished(pid), '');
    writeCodeCache(program, source, asked().script.createCachedData());
    expect([ended, process.ppid].map((pid) => existsSync(unfinished(pid)))).toEqual([false, true]);
  });

  it('can be kept where its folder can be written', () => {
    expect(canKeepCodeCache(program)).toBe(true);
    expect(canKeepCodeCache('/nowhere/to/be/found')).toBe(false);
  });

  it('reports why it cannot be written', () => {
    rmSync(folder, { recursive: true });
    expect(() => writeCodeCache(program, source, Buffer.from('x'))).toThrow('ENOENT');
  });
});
