import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { findSsh } from '../../../src/sources/remote/find-ssh.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const isWindows = process.platform === 'win32';

describe.skipIf(isWindows)('findSsh', () => {
  let root: string;
  const at = (name: string) => join(root, name);
  const find = (...folders: string[]) =>
    findSsh({ platform: 'linux', env: { PATH: folders.join(delimiter) } }).file;

  beforeAll(() => {
    root = temporaryFolder('tsnetstat-find-');
    for (const name of ['one', 'two', 'empty', 'no-program', 'anybody']) mkdirSync(at(name));
    for (const name of ['one', 'two', 'anybody']) {
      writeFileSync(at(`${name}/ssh`), '', { mode: 0o755 });
    }
    writeFileSync(at('no-program/ssh'), '', { mode: 0o644 });
    mkdirSync(at('empty/ssh'));
    chmodSync(at('anybody'), 0o777);
  });

  it('is the first in PATH that is a program', () => {
    expect(find(at('empty'), at('no-program'), at('two'), at('one'))).toBe(at('two/ssh'));
  });

  it('is none where PATH has none, is empty or not there', () => {
    expect(find(at('empty'))).toBeNull();
    expect(find('')).toBeNull();
    expect(findSsh({ platform: 'linux', env: {} })).toEqual({ file: null, skipped: null });
  });

  it('is in no folder that means another one wherever we are', () => {
    const here = process.cwd();
    process.chdir(root);
    try {
      expect(find('one', './two', '')).toBeNull();
    } finally {
      process.chdir(here);
    }
  });

  it('is for Windows in no folder that means another one on another drive', () => {
    const here = process.cwd();
    process.chdir(root);
    try {
      for (const name of ['bin', '\\bin', 'C:bin', 'C:\\bin']) {
        mkdirSync(name);
        writeFileSync(`${name}/ssh.exe`, '', { mode: 0o755 });
      }
      const found = findSsh({
        platform: 'win32',
        env: { Path: '.;bin;\\bin;C:bin;C:\\bin', SystemRoot: 'C:\\Windows' },
      });
      expect(found.file).toBe('C:\\bin/ssh.exe');
    } finally {
      process.chdir(here);
    }
  });

  it.runIf(process.getuid?.() === 0)('is for root in no folder that others can write', () => {
    expect(find(at('anybody'), at('one'))).toBe(at('one/ssh'));
    chownSync(at('two/ssh'), 65_534, 65_534);
    expect(find(at('two'), at('one'))).toBe(at('one/ssh'));
  });

  it.runIf(process.getuid?.() === 0)('says for root which was skipped first, and why', () => {
    const PATH = [at('no-program'), at('anybody'), at('two')].join(delimiter);
    expect(findSsh({ platform: 'linux', env: { PATH } })).toEqual({
      file: null,
      skipped: { file: at('anybody/ssh'), open: at('anybody') },
    });
  });
});
