import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { heldNamespaces } from '../../../../src/sources/linux/namespaces/held.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const mountedInode = 4_026_532_411;
const mount = (path: string) =>
  `9 1 0:4 net:[${mountedInode}] ${path} rw shared:1 - nsfs nsfs rw\n`;

/** A machine with a name in `ip netns` and a mount elsewhere, whose process 5 has no namespace files. */
function masked() {
  const folder = temporaryFolder('held-');
  const file = (path: string, text = '') => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
    return join(folder, path);
  };
  const web = file('root/run/netns/web');
  const other = file('root/srv/other');
  file('5/mountinfo', mount('/run/netns/web') + mount('/srv/other'));
  const held = () => heldNamespaces(join(folder, '5'), join(folder, 'root'));
  return { file, held, web, other };
}

it('are found by the first process where those of the own one are masked', () => {
  const { file, held, web, other } = masked();
  file('1/ns/net');
  expect(held()).toEqual([
    { file: web, inode: statSync(web).ino, name: 'web' },
    { file: other, inode: statSync(other).ino, name: null },
  ]);
});

it('are known to be there where both are: their mounts show them', () => {
  const { held, web, other } = masked();
  expect(held()).toEqual([
    { file: web, inode: mountedInode, name: 'web' },
    { file: other, inode: mountedInode, name: null },
  ]);
});

it('are found by their mounts where the names are in /var/run, which is no link', () => {
  const { file, held, web, other } = masked();
  file('1/ns/net');
  const db = file('root/var/run/netns/db');
  file('5/mountinfo', mount('/run/netns/web') + mount('/var/run/netns/db') + mount('/srv/other'));
  expect(held().map(({ file: path, name }) => [path, name])).toEqual([
    [web, 'web'],
    [db, 'db'],
    [other, null],
  ]);
});
