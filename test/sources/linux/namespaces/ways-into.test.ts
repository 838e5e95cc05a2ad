import { linkSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { nameOfFile } from '../../../../src/sources/linux/namespaces/held.ts';
import { waysInto } from '../../../../src/sources/linux/namespaces/ways-into.ts';
import type { Proc } from '../../../../src/sources/linux/proc/proc.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

test('a command runs in a namespace by a file that keeps it alive, or by a process', () => {
  const root = temporaryFolder('tsnetstat-');
  // A namespace is a file, and whoever lives in it or keeps it has a link to it.
  const namespace = (name: string, ...links: readonly string[]): number => {
    writeFileSync(join(root, name), '');
    for (const link of links) {
      mkdirSync(dirname(join(root, link)), { recursive: true });
      linkSync(join(root, name), join(root, link));
    }
    return statSync(join(root, name)).ino;
  };
  namespace('first', '1/ns/net');
  const kept = namespace('kept', '7/ns/net', '1/root/run/netns/web');
  const lived = namespace('lived', '8/ns/net', '9/ns/net');
  writeFileSync(join(root, '1/mountinfo'), '');
  const proc = {
    ...{ root, isOwn: false, hidesProcesses: () => false },
    processIds: () => [1, 7, 8, 9],
  } as unknown as Proc;
  const wayInto = waysInto(proc);
  const into = (inode: number | null) => wayInto({ inode, name: 'x', own: false });
  expect(into(kept)).toEqual(['nsenter', `--net=${root}/1/root/run/netns/web`]);
  expect(into(lived)).toEqual(['nsenter', `--net=${root}/8/ns/net`]);
  expect(into(1)).toBeNull();
  expect(into(null)).toBeNull();
});

test.each([
  ['/run/netns/a b', 'a b'],
  ['/var/run/netns/web', 'web'],
  ['/proc/1/root/run/netns/web', null],
  ['/run/docker/netns/1', null],
])('the name of %s in `ip netns`', (file, name) => {
  expect(nameOfFile(file)).toBe(name);
});
