import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { mountsIn } from '../../../../src/sources/linux/mounts.ts';
import { cgroupFolders } from '../../../../src/sources/linux/workloads/cgroup-folders.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

describe('mountsIn', () => {
  it('returns where what is mounted, with its blanks, and skips what is no mount', () => {
    const text =
      '31 25 0:27 / /sys/fs/cgroup/unified rw,nosuid shared:9 - cgroup2 cgroup2 rw\n' +
      '36 25 0:4 net:[4026532000] /mnt/two\\040words rw shared:5 - nsfs nsfs rw,x\n' +
      'nonsense\n\n - \n1 2 3 - ext4 x\n';
    expect(mountsIn(text)).toEqual([
      { filesystem: 'cgroup2', top: '/', path: '/sys/fs/cgroup/unified', options: 'rw' },
      { filesystem: 'nsfs', top: 'net:[4026532000]', path: '/mnt/two words', options: 'rw,x' },
    ]);
  });
});

describe('cgroupFolders', () => {
  let folder = '';
  const own = (mountInfo: string) => ({ mountInfo, root: '' });
  const tree = () => join(folder, 'two words');
  const idOf = (path: string) => statSync(join(tree(), path)).ino;
  const mounts = (top: string, more = '') => {
    const file = join(folder, 'mountinfo');
    const path = tree().replaceAll(' ', '\\040');
    writeFileSync(file, `${more}31 25 0:27 ${top} ${path} rw - cgroup2 cgroup2 rw\n`);
    return cgroupFolders([own(file)]).pathOf;
  };
  const v1 = '30 25 0:26 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n';

  beforeAll(() => {
    folder = temporaryFolder('cgroups-');
    for (const path of ['system.slice/nginx.service/workers', 'system.slice/containerd.service']) {
      mkdirSync(join(tree(), path), { recursive: true });
    }
  });

  it('knows a cgroup by the number of its folder', () => {
    const find = mounts('/');
    expect(find(idOf(''))).toBe('/');
    expect(find(idOf('system.slice/nginx.service'))).toBe('/system.slice/nginx.service');
    expect(find(idOf('system.slice/nginx.service/workers'))).toBe(
      '/system.slice/nginx.service/workers',
    );
    expect(find(1)).toBe(null);
  });

  it('knows what lies above the mount, and nothing of what is outside of the own namespace', () => {
    expect(mounts('/docker/x')(idOf('system.slice'))).toBe('/docker/x/system.slice');
    expect(mounts('/../..')(idOf('system.slice'))).toBe('/system.slice');
  });

  it('does not take a container runtime’s unit for its containers’ beside version 1', () => {
    const id = idOf('system.slice/containerd.service');
    expect(mounts('/')(id)).toBe('/system.slice/containerd.service');
    expect(mounts('/', v1)(id)).toBe(null);
    expect(mounts('/', v1)(idOf('system.slice/nginx.service'))).toBe('/system.slice/nginx.service');
  });

  it('does not take what is in no cgroup of version 2 for what is in none at all beside version 1', () => {
    expect(mounts('/', v1)(idOf(''))).toBe(null);
    expect(mounts('/lxc.payload.web', v1)(idOf(''))).toBe('/lxc.payload.web');
  });

  it('knows one whose name is no text', () => {
    const name = Buffer.concat([Buffer.from(join(tree(), 'raw')), Buffer.from([0xff])]);
    mkdirSync(name);
    const find = mounts('/');
    expect(find(statSync(name).ino)).toBe('/raw\ufffd');
  });

  it('lists the processes directly in one, other than those of other PID namespaces', () => {
    const [nginx, workers] = ['', '/workers'].map((sub) => `system.slice/nginx.service${sub}`);
    writeFileSync(join(tree(), `${workers}/cgroup.procs`), '12\n0\n7\n');
    mounts('/');
    const { processesIn } = cgroupFolders([own(join(folder, 'mountinfo'))]);
    expect(processesIn(idOf(workers as string))).toEqual([12, 7]);
    expect([processesIn(idOf(nginx as string)), processesIn(1)]).toEqual([[], []]);
  });

  it('finds none if version 2 is not mounted, or nothing is known', () => {
    const file = join(folder, 'none');
    writeFileSync(file, v1);
    expect(cgroupFolders([own(file)]).pathOf(idOf(''))).toBe(null);
    expect(cgroupFolders([own(join(folder, 'absent'))]).pathOf(idOf(''))).toBe(null);
  });

  it('looks at those of another process where there are none in its own mounts', () => {
    const [hidden, shown] = [join(folder, 'hidden'), join(folder, 'shown')];
    writeFileSync(hidden, '30 25 0:26 / /sys rw - sysfs x rw\n');
    writeFileSync(shown, '31 25 0:27 / /two\\040words rw - cgroup2 cgroup2 rw\n');
    const views = [own(hidden), { mountInfo: shown, root: folder }];
    const find = cgroupFolders(views).pathOf;
    expect(find(idOf('system.slice/nginx.service'))).toBe('/system.slice/nginx.service');
    expect(cgroupFolders([...views].reverse()).pathOf(idOf('system.slice'))).toBe('/system.slice');
  });
});
