import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { cgroupFreezer } from '../../../../src/sources/linux/system/cgroup-freezer.ts';
import { viewsOf } from '../../../../src/sources/linux/workloads/cgroup-mounts.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

let folder = '';
beforeEach(() => {
  folder = temporaryFolder('freezer-');
});

/** Makes a cgroup with these files, in the hierarchy `tree`. */
const cgroup = (tree: string, path: string, files: Readonly<Record<string, string>> = {}) => {
  const at = join(folder, tree, path);
  mkdirSync(at, { recursive: true });
  for (const [name, text] of Object.entries({ 'cgroup.procs': '', ...files })) {
    writeFileSync(join(at, name), text);
  }
};
const events = (frozen: number) => `populated 1\nfrozen ${frozen}\n`;
const unified = (frozen: number, set: number) => ({
  ...{ 'cgroup.events': events(frozen), 'cgroup.freeze': `${set}\n` },
});
const legacy = (state: string, set: number) => ({
  ...{ 'freezer.state': `${state}\n`, 'freezer.self_freezing': `${set}\n` },
});

const v2 = (top = '/') => `31 25 0:27 ${top} ${folder}/v2 rw - cgroup2 cgroup2 rw\n`;
const v1 = (controllers = 'freezer') =>
  `32 25 0:28 / ${folder}/v1 rw - cgroup cgroup rw,${controllers}\n`;
const freezer = (mounts: string) => {
  const file = join(folder, 'mountinfo');
  writeFileSync(file, mounts);
  return cgroupFreezer([{ mountInfo: file, root: '' }]);
};
const asked = (mounts: string, text: string) => freezer(mounts)?.(Buffer.from(text));

const unit = '/system.slice/web.service';

test('a cgroup of version 2 that is frozen, or below one that is', () => {
  cgroup('v2', '');
  cgroup('v2', 'system.slice', unified(0, 0));
  cgroup('v2', unit, unified(1, 1));
  cgroup('v2', `${unit}/worker`, unified(1, 0));
  cgroup('v2', '/system.slice/other.service', unified(0, 0));
  const frozen = {
    ...{ version: 2, folder: `${folder}/v2${unit}`, path: unit },
    manager: { program: 'systemd', name: 'web.service' },
  };
  expect(asked(v2(), `0::${unit}\n`)).toEqual(frozen);
  expect(asked(v2(), `1:name=systemd:/\n0::${unit}/worker\n`)).toEqual(frozen);
  expect(asked(v2(), '0::/system.slice/other.service\n')).toBe(null);
  // The top has no such file; nor has a cgroup that is gone.
  expect(asked(v2(), '0::/\n')).toBe(null);
  expect(asked(v2(), '0::/gone\n')).toBe(null);
});

test('one that is being frozen is not yet', () => {
  cgroup('v2', '');
  cgroup('v2', unit, unified(0, 1));
  expect(asked(v2(), `0::${unit}\n`)).toBe(null);
  cgroup('v1', '');
  cgroup('v1', 'a', legacy('FREEZING', 1));
  expect(asked(v1(), '6:freezer:/a\n')).toBe(null);
});

test('a cgroup of version 1, whatever else its hierarchy is for', () => {
  cgroup('v1', '');
  cgroup('v1', 'a', legacy('FROZEN', 1));
  cgroup('v1', 'a/in', legacy('FROZEN', 0));
  cgroup('v1', 'b', legacy('THAWED', 0));
  const frozen = { version: 1, folder: `${folder}/v1/a`, path: '/a', manager: null };
  expect(asked(v1(), '7:pids:/b\n6:freezer:/a\n')).toEqual(frozen);
  expect(asked(v1('freezer,pids'), '6:freezer,pids:/a/in\n')).toEqual(frozen);
  expect(asked(v1(), '7:pids:/a\n6:freezer:/b\n')).toBe(null);
});

test('of both versions, whichever holds it', () => {
  cgroup('v2', '');
  cgroup('v2', 'a', unified(1, 1));
  cgroup('v1', '');
  cgroup('v1', 'b', legacy('FROZEN', 1));
  const both = v2() + v1();
  expect(asked(both, '6:freezer:/\n0::/a\n')).toMatchObject({ version: 2 });
  expect(asked(both, '6:freezer:/b\n0::/\n')).toMatchObject({ version: 1 });
  expect(asked(both, '6:freezer:/\n0::/\n')).toBe(null);
});

test('of a mounted part, paths below it are known, others not', () => {
  cgroup('v2', '', unified(1, 1));
  cgroup('v2', 'in', unified(1, 0));
  const part = v2('/docker/x');
  expect(asked(part, '0::/docker/x/in\n')).toMatchObject({ path: '/docker/x' });
  cgroup('v2', 'in', unified(1, 1));
  expect(asked(part, '0::/docker/x/in\n')).toMatchObject({ path: '/docker/x/in' });
  expect(asked(part, '0::/docker/xy/in\n')).toBe('unknown');
  expect(asked(v2(), '0::/../other\n')).toBe('unknown');
  expect(asked(v2('/../..'), '0::/../../in\n')).toMatchObject({ folder: `${folder}/v2/in` });
});

test('a name that is not UTF-8', () => {
  cgroup('v2', '');
  const name = Buffer.concat([Buffer.from(`${folder}/v2/`), Buffer.from([0xff])]);
  mkdirSync(name);
  writeFileSync(Buffer.concat([name, Buffer.from('/cgroup.events')]), events(1));
  const line = Buffer.concat([Buffer.from('0::/'), Buffer.from([0xff]), Buffer.from('\n')]);
  expect(freezer(v2())?.(line)).toMatchObject({ path: '/\ufffd' });
});

test('without cgroups nothing is asked', () => {
  expect(freezer('')).toBe(null);
  expect(freezer(v1('pids'))).toBe(null);
  expect(cgroupFreezer(viewsOf(join(folder, 'none')))).toBe(null);
});

test('cgroups that are mounted and cannot be seen', () => {
  expect(asked(v2(), '0::/a\n')).toBe('unknown');
});

test('each cgroup is looked at once', () => {
  cgroup('v2', '');
  cgroup('v2', 'a', unified(1, 1));
  const one = freezer(v2());
  expect(one?.(Buffer.from('0::/a\n'))).toMatchObject({ path: '/a' });
  rmSync(join(folder, 'v2'), { recursive: true });
  expect(one?.(Buffer.from('0::/a\n'))).toMatchObject({ path: '/a' });
});

test('a file that cannot be read', () => {
  cgroup('v2', '');
  cgroup('v2', 'a');
  mkdirSync(join(folder, 'v2/a/cgroup.events'));
  expect(asked(v2(), '0::/a\n')).toBe('unknown');
});
