import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  fileOn,
  namesOn,
  pathOn,
  realPath,
} from '../../../../src/sources/linux/workloads/machine-files.ts';
import { reasonToSkip } from '../../../support/requirements.ts';
import { machineRoot } from './machine.ts';

const reason = reasonToSkip({ platforms: ['linux', 'darwin'] });

describe.skipIf(reason !== null)(`a path of another machine: ${reason ?? 'with links'}`, () => {
  it.each([
    ['without links', {}, '/etc/x', '/etc/x'],
    ['with blank parts', {}, '//etc/./x/', '/etc/x'],
    ['that goes up', {}, '/etc/../run/x', '/run/x'],
    ['that goes up beyond the root', {}, '/../../x', '/x'],
    [
      'through an absolute link stays in the machine',
      { '/var/run': { to: '/run' } },
      '/var/run/x',
      '/run/x',
    ],
    [
      'through a relative link',
      { '/var/run': { to: '../run' } },
      '/var/run/docker.sock',
      '/run/docker.sock',
    ],
    [
      'through a link that would lead out',
      { '/a/b': { to: '../../../../../etc/passwd' } },
      '/a/b',
      '/etc/passwd',
    ],
    [
      'through links to links',
      { '/a': { to: '/b' }, '/b': { to: 'c/d' }, '/c/d': { to: '/e' } },
      '/a/f',
      '/e/f',
    ],
  ])('%s', (_, files, path, leadsTo) => {
    const root = machineRoot(files);
    expect(realPath(root, path)).toBe(`${root}${leadsTo}`);
  });

  it('is none where links go in a circle', () => {
    const root = machineRoot({ '/a': { to: '/b' }, '/b': { to: '/a' } });
    expect(realPath(root, '/a/x')).toBeNull();
    expect(fileOn(root, '/a')).toBeNull();
    expect(namesOn(root, '/a')).toEqual([]);
  });

  it('of our own is left to the kernel', () => {
    expect(pathOn('', '/var/run/docker.sock')).toBe('/var/run/docker.sock');
  });
});

describe('a file of a machine', () => {
  it('is read whole, up to a bound', () => {
    const root = machineRoot({ '/etc/x': 'twelve bytes' });
    expect(fileOn(root, '/etc/x')?.toString()).toBe('twelve bytes');
    expect(fileOn(root, '/etc/x', 12)?.toString()).toBe('twelve bytes');
    expect(fileOn(root, '/etc/x', 11)).toBeNull();
  });

  it('that is not there, or is a folder, is none', () => {
    const root = machineRoot({ '/etc/x': '' });
    expect(fileOn(root, '/etc/y')).toBeNull();
    expect(fileOn(root, '/etc')).toBeNull();
    expect(namesOn(root, '/etc')).toEqual(['x']);
    expect(namesOn(root, '/etc/x')).toEqual([]);
  });
});

const noFifo = reasonToSkip({ platforms: ['linux'], programs: ['mkfifo'] });

describe.skipIf(noFifo !== null)(`what is no plain file: ${noFifo ?? 'a FIFO'}`, () => {
  it('is not waited for', () => {
    const root = machineRoot();
    mkdirSync(join(root, 'etc'));
    spawnSync('mkfifo', [join(root, 'etc/fifo')]);
    expect(fileOn(root, '/etc/fifo')).toBeNull();
  });
});
