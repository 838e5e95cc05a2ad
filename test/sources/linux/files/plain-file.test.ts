import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readHead, readPlain } from '../../../../src/sources/linux/files/plain-file.ts';
import { openPlainTable } from '../../../../src/sources/linux/files/table-file.ts';
import { reasonToSkip } from '../../../support/requirements.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('plain-');
});
const at = (name: string) => join(folder, name);

describe('a plain file', () => {
  it.each([0, 1, 65_535, 65_536, 65_537, 300_000])('of %i bytes is read whole', (size) => {
    const text = 'a line\n'.repeat(size / 7 + 1).slice(0, size);
    writeFileSync(at('file'), text);
    expect(readPlain(at('file')).toString()).toBe(text);
    expect(readHead(at('file'), 70_000).toString()).toBe(text.slice(0, 70_000));
  });

  it('is refused where it is larger than any table', () => {
    writeFileSync(at('file'), 'x'.repeat(11));
    expect(readPlain(at('file'), 11)).toHaveLength(11);
    expect(() => readPlain(at('file'), 10)).toThrow(/file: larger than 10 bytes/);
  });

  it('that is not there gives the system’s error', () => {
    expect(() => readPlain(at('none'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });
});

const reason = reasonToSkip({ platforms: ['linux'], programs: ['mkfifo'] });

describe.skipIf(reason !== null)(`what is no plain file: ${reason ?? 'Linux'}`, () => {
  const refusal = (kind: string) =>
    expect.objectContaining({
      code: 'unreadable',
      message: expect.stringMatching(
        new RegExp(`: ${kind}; of a captured /proc, only regular files`),
      ),
    });

  it.each([
    ['a FIFO', () => spawnSync('mkfifo', [at('odd')])],
    ['a folder', () => spawnSync('mkdir', [at('odd')])],
    ['a device', () => spawnSync('ln', ['-s', '/dev/zero', at('odd')])],
  ])('%s is refused at once', (kind, make) => {
    make();
    expect(() => readPlain(at('odd'))).toThrow(refusal(kind));
    expect(() => openPlainTable(at('odd'))).toThrow(refusal(kind));
  });

  it('a socket is refused at once', async () => {
    const server = createServer().listen(at('odd'));
    await new Promise((resolve) => server.once('listening', resolve));
    expect(() => openPlainTable(at('odd'))).toThrow(refusal('a socket'));
    server.close();
  });
});
