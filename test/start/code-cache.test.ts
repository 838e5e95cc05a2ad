import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  canKeepCodeCache,
  codeCacheFile,
  editionOf,
  readCodeCache,
  writeCodeCache,
} from '../../src/start/code-cache.js';
import { programOf, programScript } from '../../src/start/program-script.js';

describe('the code cache', () => {
  let folder: string;
  let program: string;
  const source = '(function(exports,require,module,__filename,__dirname){require(__filename)})';
  const later = new Date(Date.now() + 60_000);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tsnetstat-'));
    program = join(folder, 'program.js');
    writeFileSync(program, source);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Compiles the program and has it ask for a module. */
  const asked = (cached?: Buffer, file = program) => {
    const names: string[] = [];
    const script = programScript(file, cached);
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
    expect(readCodeCache(program, editionOf(program))).toBeUndefined();
    expect(asked().names).toEqual([program]);
  });

  it('is taken by the very program that it was made of', () => {
    writeCodeCache(program, editionOf(program), asked().script.createCachedData());
    expect(readdirSync(folder).length).toBe(2);
    expect(askedElsewhere(readCodeCache(program, editionOf(program)))).toEqual([false, true]);
  });

  it('is not taken where the program is younger', () => {
    writeCodeCache(program, editionOf(program), asked().script.createCachedData());
    utimesSync(program, later, later);
    expect(readCodeCache(program, editionOf(program))).toBeUndefined();
  });

  it.each([
    ['nothing', (whole: Buffer) => whole.subarray(0, 0)],
    ['half of it', (whole: Buffer) => whole.subarray(0, whole.length / 2)],
    ['the work of another V8', (whole: Buffer) => Buffer.from(whole).fill(1, 4, 8)],
  ])('does no harm where it is %s', (_, spoilt) => {
    expect(askedElsewhere(spoilt(asked().script.createCachedData()))).toEqual([true, true]);
  });

  it('replaces the one before, and leaves nothing else behind', () => {
    writeCodeCache(program, editionOf(program), Buffer.from('one'));
    writeCodeCache(program, editionOf(program), Buffer.from('two'));
    expect(readFileSync(codeCacheFile(program), 'utf8')).toBe('two');
    expect(readdirSync(folder).length).toBe(2);
  });

  it('can be kept where its folder can be written', () => {
    expect(canKeepCodeCache(program)).toBe(true);
    expect(canKeepCodeCache('/nowhere/to/be/found')).toBe(false);
  });

  it('is not that of a program that was replaced while it ran', () => {
    const edition = editionOf(program);
    rmSync(program);
    writeFileSync(program, source);
    utimesSync(program, later, later);
    writeCodeCache(program, edition, Buffer.from('old'));
    expect(readdirSync(folder)).toEqual(['program.js']);
  });

  it('says why it cannot be written', () => {
    const edition = editionOf(program);
    rmSync(program);
    expect(() => writeCodeCache(program, edition, Buffer.from('x'))).toThrow('ENOENT');
    expect(readdirSync(folder)).toEqual([]);
  });
});
