import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { readSaved } from '../../src/saved/read-saved.ts';
import { inet } from '../support/builders.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let folder = '';
beforeEach(() => {
  folder = temporaryFolder('tsnetstat-read-');
});

const at = (name: string) => join(folder, name);
const rows = [inet('127.0.0.1:1', '0.0.0.0')];
const text = `${JSON.stringify({
  schemaVersion: 1,
  platform: 'linux',
  takenAt: '2026-01-31T12:00:00.000Z',
  sockets: rows,
  warnings: [],
})}\n`;

describe('a file is read', () => {
  it.each<[title: string, bytes: Buffer]>([
    ['as it was saved', Buffer.from(text)],
    ['with a mark of UTF-8 before it', Buffer.from(`\ufeff${text}`)],
    ['as PowerShell 5.1 writes it, in UTF-16', Buffer.from(`\ufeff${text}`, 'utf16le')],
  ])('%s', (_, bytes) => {
    writeFileSync(at('a.json'), bytes);
    expect(readSaved(at('a.json'))?.rows).toEqual(rows);
  });

  it('with a line for each of very many rows', () => {
    const many = Array.from({ length: 2000 }, (_, i) => inet(`127.0.0.1:${i + 1}`, '0.0.0.0'));
    const [head] = text.split('[', 1);
    const lines = many.map((row) => JSON.stringify(row)).join(',\n');
    writeFileSync(at('a.json'), `${head}[\n${lines}\n],"warnings":[]}\n`);
    expect(readSaved(at('a.json'))?.rows).toEqual(many);
  });

  it('that is not there is null', () => {
    expect(readSaved(at('a.json'))).toBeNull();
  });
});

it('a name that Windows keeps for a device is not read there', () => {
  const platform = vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
  expect(() => readSaved(at('NUL'))).toThrow(`${at('NUL')}: it is a device; give a file`);
  platform.mockRestore();
  expect(readSaved(at('NUL'))).toBeNull();
});

it.skipIf(process.platform !== 'linux')('a file of /proc is not read: it may wait for ever', () => {
  expect(() => readSaved('/proc/self/status')).toThrow('/proc/self/status: it is empty; save it');
});

const unix = reasonToSkip({ platforms: ['linux', 'darwin'], programs: ['mkfifo', 'sh'] });

describe.skipIf(unix !== null)(`what is no file (${unix ?? 'a Unix'})`, () => {
  it('may be a pipe', () => {
    execFileSync('mkfifo', [at('pipe')]);
    writeFileSync(at('a.json'), text);
    const writer = spawn('sh', ['-c', `cat '${at('a.json')}' > '${at('pipe')}'`]);
    try {
      expect(readSaved(at('pipe'))?.rows).toEqual(rows);
    } finally {
      writer.kill();
    }
  });

  it.each<[title: string, make: () => string, reason: string]>([
    [
      'a folder',
      () => {
        mkdirSync(at('a'));
        return at('a');
      },
      'it is a folder; give the file in it',
    ],
    ['a device', () => '/dev/zero', 'it is a device; give a file'],
    [
      'a circle of links',
      () => {
        symlinkSync(at('a'), at('a'));
        return at('a');
      },
      'it is a loop of symbolic links',
    ],
    [
      'a file that is too large',
      () => {
        writeFileSync(at('a'), '');
        truncateSync(at('a'), 501 * 1024 * 1024);
        return at('a');
      },
      'it is too large: more than 500 MiB are not read',
    ],
    [
      'a file behind a file',
      () => {
        writeFileSync(at('f'), '');
        return at('f/a');
      },
      'a part of its path is not a folder',
    ],
  ])('%s is refused', (_, make, reason) => {
    const path = make();
    expect(() => readSaved(path)).toThrow(`${path}: ${reason}`);
  });
});
