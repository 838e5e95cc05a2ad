import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readOwn } from '../../src/process/own-file.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let folder = '';
beforeEach(() => {
  folder = temporaryFolder('tsnetstat-own-');
});

const at = (name: string) => join(folder, name);

function written(mode: number, text = 'words\n'): string {
  writeFileSync(at('own'), text);
  chmodSync(at('own'), mode);
  return at('own');
}

const unix = reasonToSkip({ platforms: ['linux', 'darwin'] });

describe.skipIf(unix !== null)(`a file that the program obeys (${unix ?? 'on Unix'})`, () => {
  it.each([
    [0o600, false, null],
    [0o644, false, null],
    [0o664, false, /others can write it/],
    [0o602, false, /others can write it/],
    [0o600, true, null],
    [0o400, true, null],
    [0o640, true, /others can read it/],
    [0o604, true, /others can read it/],
    [0o620, true, /others can write it/],
  ])('of mode %i, a secret: %s', (mode, isSecret, refusal) => {
    const answer = readOwn(written(mode), isSecret);
    if (refusal === null) expect(answer).toEqual({ text: 'words\n' });
    else expect(answer).toEqual({ text: null, refusal: expect.stringMatching(refusal) });
  });

  it('as Windows PowerShell writes it is read', () => {
    const path = written(0o600);
    writeFileSync(path, Buffer.from('\ufeffwords\r\n', 'utf16le'));
    expect(readOwn(path)).toEqual({ text: 'words\r\n' });
  });

  it('that is not there is none', () => {
    expect(readOwn(at('none'))).toBeNull();
    expect(readOwn(join(written(0o600), 'in-a-file'))).toBeNull();
  });

  it('that is no file, or too long, is refused', () => {
    mkdirSync(at('folder'));
    expect(readOwn(at('folder'))).toEqual({ text: null, refusal: 'it is not a regular file' });
    expect(readOwn('/dev/null')).toEqual({ text: null, refusal: 'it is not a regular file' });
    expect(readOwn(written(0o600, 'x'.repeat(65_536)))).toEqual({ text: 'x'.repeat(65_536) });
    expect(readOwn(written(0o600, 'x'.repeat(65_537)))).toEqual({
      text: null,
      refusal: 'it is too long',
    });
  });

  it('is what a link leads to', () => {
    symlinkSync(written(0o666), at('link'));
    expect(readOwn(at('link'))?.text).toBeNull();
    symlinkSync(at('circle'), at('circle'));
    expect(readOwn(at('circle'))).toEqual({ text: null, refusal: 'ELOOP' });
  });
});

afterEach(() => void vi.restoreAllMocks());

const root = reasonToSkip({ platforms: ['linux'], root: true });

it.skipIf(root !== null)(`of another user is refused (${root ?? 'as root'})`, () => {
  const path = written(0o640);
  expect(readOwn(path)).toEqual({ text: 'words\n' });
  chownSync(path, 65_534, 65_534);
  expect(readOwn(path)).toEqual({ text: null, refusal: 'it belongs to another user' });
});

it.skipIf(root !== null)(
  `of root's may be read by a service's group (${root ?? 'as root'})`,
  () => {
    vi.spyOn(process, 'geteuid').mockReturnValue(65_534);
    expect(readOwn(written(0o640), true)).toEqual({ text: 'words\n' });
    const refusal = 'others can read it (chmod 600)';
    expect(readOwn(written(0o644), true)).toEqual({ text: null, refusal });
    chownSync(at('own'), 65_534, 65_534);
    chmodSync(at('own'), 0o640);
    expect(readOwn(at('own'), true)).toEqual({ text: null, refusal });
  },
);
