import { expect, it } from 'vitest';
import {
  settingsOf,
  unitFiles,
  unitFolders,
} from '../../../../src/sources/linux/workloads/unit-files.ts';
import { machineRoot } from './machine.ts';

const filesOf = (root: string, unit: string) =>
  unitFiles(root, 'service').find(({ name }) => name === unit)?.files;

// systemd-analyze unit-paths, as root
it('of files with one name the first folder counts', () => {
  const usual = ['/etc/systemd/system.control', '/run/systemd/system.control'];
  usual.push('/run/systemd/transient', '/run/systemd/generator.early', '/etc/systemd/system');
  usual.push('/run/systemd/system', '/run/systemd/generator', '/usr/local/lib/systemd/system');
  usual.push('/usr/lib/systemd/system', '/run/systemd/generator.late');
  const at = usual.map((folder) => unitFolders.indexOf(folder as (typeof unitFolders)[number]));
  expect(at).not.toContain(-1);
  expect(at).toEqual(at.toSorted((a, b) => a - b));
  for (const [i, folder] of usual.entries()) {
    const files = usual.slice(i).map((one) => [`${one}/app.service`, '[Service]\n']);
    expect(filesOf(machineRoot(Object.fromEntries(files)), 'app.service')).toEqual([
      `${folder}/app.service`,
    ]);
  }
});

it('drop-ins follow by their names, whatever folder they are in, those of an alias too', () => {
  const root = machineRoot({
    '/usr/lib/systemd/system/web-app.service': '[Service]\nUser=a\n',
    '/usr/lib/systemd/system/web-app.service.d/30-c.conf': '[Service]\nUser=c\n',
    '/etc/systemd/system/web-app.service.d/20-b.conf': '[Service]\nUser=b\n',
    '/etc/systemd/system/web-app.service.d/30-c.conf': '[Service]\nUser=d\n',
    '/etc/systemd/system/web-app.service.d/notes.txt': 'nothing',
    '/etc/systemd/system/www.service': { to: '/usr/lib/systemd/system/web-app.service' },
    '/etc/systemd/system/www.service.d/10-a.conf': '[Service]\nUser=e\n',
    '/etc/systemd/system/web-.service.d/40-x.conf': '[Service]\nUser=f\n',
    '/etc/systemd/system/service.d/50-y.conf': '[Service]\nUser=g\n',
    '/etc/systemd/system/app@.service': '[Service]\n',
  });
  const etc = '/etc/systemd/system';
  expect(unitFiles(root, 'service').map(({ name }) => name)).toEqual(['web-app.service']);
  expect(filesOf(root, 'web-app.service')).toEqual([
    '/usr/lib/systemd/system/web-app.service',
    ...[`${etc}/www.service.d/10-a.conf`, `${etc}/web-app.service.d/20-b.conf`],
    ...[`${etc}/web-app.service.d/30-c.conf`, `${etc}/web-.service.d/40-x.conf`],
    `${etc}/service.d/50-y.conf`,
  ]);
});

it('drop-ins of a unit are those of each beginning of its name that ends in a dash', () => {
  const etc = '/etc/systemd/system';
  const files = ['a-b-c', 'a-b-', 'a-', 'a', 'a-b', 'b-c', '-'].map(
    (name, at) => [`${etc}/${name}.service.d/${at}.conf`, '[Service]\n'] as const,
  );
  const root = machineRoot({ [`${etc}/a-b-c.service`]: '', ...Object.fromEntries(files) });
  expect(filesOf(root, 'a-b-c.service')).toEqual([
    `${etc}/a-b-c.service`,
    ...files.slice(0, 3).map(([path]) => path),
  ]);
});

it('only files that are called so are units', () => {
  const etc = '/etc/systemd/system';
  const names = ['app.service', 'app.service.bak', 'app.service.d', 'app.socket', 'service'];
  const files = names.map((name) => [`${etc}/${name}`, '[Service]\n']);
  const found = unitFiles(machineRoot(Object.fromEntries(files)), 'service');
  expect(found.map(({ name }) => name)).toEqual(['app.service']);
});

it('an empty setting takes away those of its key before it, and a masked unit has none', () => {
  const root = machineRoot({
    '/a.socket': '[Socket]\nListenStream=80\nBacklog=9\n[Unit]\nListenStream=7\n',
    '/b.conf': '[Socket]\nListenStream=\nListenStream=81\n',
    '/masked.socket': { to: '/dev/null' },
    '/empty.socket': '',
  });
  const settings = (...files: string[]) =>
    settingsOf(root, files, 'Socket').map(({ key, value }) => `${key}=${value}`);
  expect(settings('/a.socket', '/b.conf')).toEqual([
    'Backlog=9',
    'ListenStream=',
    'ListenStream=81',
  ]);
  expect(settings('/empty.socket', '/b.conf')).toEqual([]);
  expect(settings('/masked.socket', '/b.conf')).toEqual([]);
});
