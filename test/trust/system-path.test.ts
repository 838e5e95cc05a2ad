import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { systemPath, systemPrograms } from '../../src/trust/system-path.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const own = '/usr/sbin:/usr/bin:/sbin:/bin';

it.each([
  ['no PATH', undefined, own],
  ['an empty one', '', own],
  [
    'folders of others come last',
    '/home/eve/bin:/usr/local/bin',
    `${own}:/home/eve/bin:/usr/local/bin`,
  ],
  ['none is named twice', '/opt/bin:/usr/bin:/bin', `${own}:/opt/bin`],
  [
    'what depends on the working directory is left out',
    '.::bin:../bin:/opt/bin:',
    `${own}:/opt/bin`,
  ],
])('systemPath: %s', (_, path, expected) => {
  expect(systemPath(path, false)).toBe(expected);
});

it('names every place of a program', () => {
  const places = own.split(':').map((folder) => `${folder}/nft`);
  expect(systemPrograms('nft', '/opt/bin', false)).toEqual([...places, '/opt/bin/nft']);
});

describe.runIf(process.getuid?.() === 0)('for root', () => {
  const root = temporaryFolder('tsnetstat-path-');
  const at = (name: string) => join(root, name);
  beforeAll(() => {
    for (const name of ['roots', 'anybodys']) mkdirSync(at(name));
    chmodSync(at('anybodys'), 0o777);
    for (const name of ['nft', 'ip']) writeFileSync(at(`roots/${name}`), '', { mode: 0o755 });
    chownSync(at('roots/ip'), 65_534, 65_534);
  });

  it('PATH has no folder of another user, or that is not there', () => {
    const path = ['anybodys', 'missing', 'roots'].map(at).join(':');
    expect(systemPath(path, true)).toBe(`${own}:${at('roots')}`);
    expect(systemPath(path, false)).toBe(`${own}:${path}`);
  });

  it('a program of another user is left out, also in a folder of root', () => {
    const of = (name: string) => systemPrograms(name, at('roots'), true).slice(4);
    expect(of('nft')).toEqual([at('roots/nft')]);
    expect(of('ip')).toEqual([]);
    expect(of('iptables-save')).toEqual([]);
  });
});
