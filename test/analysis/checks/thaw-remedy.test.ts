import { expect, test } from 'vitest';
import { thawed } from '../../../src/analysis/checks/thaw-remedy.ts';
import { managerOf } from '../../../src/sources/linux/system/cgroup-manager.ts';

const remedy = (path: string, version: 1 | 2 = 2) =>
  thawed({ version, path, folder: `/cg${path}`, manager: managerOf(path) });
const commands = (path: string, version?: 1 | 2) =>
  [...remedy(path, version).matchAll(/`([^`]*)`/g)].map(([, text]) => text).slice(1);

const id = '0123456789ab'.padEnd(64, 'c');

test.each<[string, string, string | null]>([
  ['Docker', `/system.slice/docker-${id}.scope`, 'docker unpause 0123456789ab'],
  ['Docker without systemd', `/docker/${id}`, 'docker unpause 0123456789ab'],
  ['Podman', `/machine.slice/libpod-${id}.scope`, 'podman unpause 0123456789ab'],
  [
    'Podman with crun',
    `/machine.slice/libpod-${id}.scope/container`,
    'podman unpause 0123456789ab',
  ],
  ['LXC', '/lxc.payload.web', 'lxc-unfreeze -n web'],
  ['a unit', '/system.slice/web.service', 'systemctl thaw web.service'],
  ['a scope', '/user.slice/user-0.slice/session-3.scope', 'systemctl thaw session-3.scope'],
  ['a slice', '/system.slice', 'systemctl thaw system.slice'],
  ['a cgroup in a unit', '/system.slice/web.service/worker', null],
  ['what is called like a unit in one', '/system.slice/web.service/db.service', null],
  ['an option in a unit', '/system.slice/web.service/--host=example.org.service', null],
  ['an option for systemctl', '/system.slice/--host=example.org.service', null],
  ['a user’s unit', '/user.slice/user-9.slice/user@9.service/app.slice/web.service', null],
  [
    'a user’s container',
    `/user.slice/user-9.slice/user@9.service/user.slice/libpod-${id}.scope`,
    null,
  ],
  ['a container in a container', `/docker/${id}/docker/${id.replace('0', '1')}`, null],
  ['a unit in a container', `/docker/${id}/system.slice/web.service`, null],
  ['anything else', '/mine', null],
])('%s', (_, path, command) => {
  const byFile = `echo 0 > /cg${path}/cgroup.freeze`;
  expect(commands(path)).toEqual(command === null ? [byFile] : [command, byFile]);
});

test('of version 1', () => {
  expect(commands('/mine', 1)).toEqual(['echo THAWED > /cg/mine/freezer.state']);
});

test('names are quoted, and what cannot stand in a command does not', () => {
  expect(commands("/it's;x")).toEqual(["echo 0 > '/cg/it'\\''s;x/cgroup.freeze'"]);
  expect(commands('/a\u001bb')).toEqual(["echo 0 > $'/cg/a\\033b/cgroup.freeze'"]);
  for (const path of ['/a`b', '/a -p PID']) {
    expect(remedy(path)).toMatch(/Let it go on with 0 in `cgroup\.freeze` of its cgroup\.$/);
  }
});
