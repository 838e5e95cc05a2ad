import { describe, expect, it } from 'vitest';
import type { Proc } from '../../../../src/sources/linux/proc/proc.ts';
import { keptContainers, parseConmon } from '../../../../src/sources/linux/workloads/conmon.ts';
import { fakeProc, systemError } from '../support/fake-proc.ts';

const words = (...parts: readonly string[]) => Buffer.from(`${parts.join('\0')}\0`);

describe('a command line of conmon', () => {
  it.each([
    [
      'as Podman starts it',
      [
        ...['/usr/bin/conmon', '--api-version', '1', '-c', 'f00d', '-u', 'f00d', '-r'],
        ...['/usr/bin/crun', '-b', '/s/overlay-containers/f00d/userdata', '-p', '/s/pidfile'],
        ...['-n', 'web', '--exit-dir', '/e', '--full-attach', '-s', '-l', 'journald'],
        ...['--exit-command', '/usr/bin/podman', '--exit-command-arg', '--root'],
      ],
      { id: 'f00d', name: 'web', bundle: '/s/overlay-containers/f00d/userdata' },
    ],
    [
      'as CRI-O starts it',
      ['/usr/libexec/crio/conmon', '-b', '/b', '-c', 'f00d', '-n', 'k8s_a_b_c_d_0', '-s'],
      { id: 'f00d', name: 'k8s_a_b_c_d_0', bundle: '/b' },
    ],
    [
      'in long options',
      ['conmon', '--cid', 'f00d', '--name=web', '--bundle=/b'],
      { id: 'f00d', name: 'web', bundle: '/b' },
    ],
    [
      'without a bundle',
      ['conmon', '-c', 'f00d', '-n', 'web'],
      { id: 'f00d', name: 'web', bundle: null },
    ],
    [
      'with arguments of another program that look like its own',
      [
        ...['conmon', '--exit-command-arg', '-n', '--exit-command-arg', 'bad'],
        ...['--runtime-arg', '-c', '-c', 'f00d', '-n', 'web'],
      ],
      { id: 'f00d', name: 'web', bundle: null },
    ],
    [
      'with the path of one',
      ['conmon', '--exit-command', '-n', '--runtime-opt', '-c', '-c', 'f00d', '-n', 'web'],
      { id: 'f00d', name: 'web', bundle: null },
    ],
    [
      'with a value that has a long option within',
      ['conmon', '-c', 'f00d', '--log-tag', 'a--name=bad', '--name=a=b\nc'],
      { id: 'f00d', name: 'a=b\nc', bundle: null },
    ],
    [
      'of which the first word counts',
      ['conmon', '-c', 'f00d', '-n', 'web', '-n', 'other'],
      { id: 'f00d', name: 'web', bundle: null },
    ],
    [
      'with a name that is not UTF-8',
      ['conmon', '-c', 'f00d', '-n', 'caf\xe9'],
      { id: 'f00d', name: 'caf\\xe9', bundle: null },
    ],
    ['without an ID', ['conmon', '-n', 'web'], null],
    ['without a name', ['conmon', '-c', 'f00d'], null],
    ['that ends with an option', ['conmon', '-c', 'f00d', '-n'], null],
    ['of another program', ['/usr/bin/conmonitor', '-c', 'f00d', '-n', 'web'], null],
    ['of another program that names it', ['vi', 'conmon', '-c', 'f00d', '-n', 'web'], null],
  ])('%s', (_, parts, told) => {
    expect(parseConmon(Buffer.from(words(...parts).toString(), 'latin1'))).toEqual(told);
  });

  it('that is empty is not one', () => {
    expect(parseConmon(Buffer.alloc(0))).toBeNull();
  });
});

describe('containers that conmon keeps', () => {
  const cmdline = words('conmon', '-c', 'f00d', '-n', 'web').toString();
  const web = { id: 'f00d', name: 'web', bundle: null };
  const by = { uid: 1000, inside: null };
  const containers = (proc: Proc) => keptContainers(proc, () => by);

  it('are found by the short name of the process, with who it is', async () => {
    const proc = fakeProc({
      isLive: true,
      files: {
        '1/comm': 'init\n',
        '7/comm': 'conmon\n',
        '8/comm': 'conmon\n',
        '9/comm': systemError('ESRCH'),
      },
      processes: {
        1: { fd: {}, cmdline },
        7: { fd: {}, cmdline },
        8: { fd: {}, cmdline: systemError('ESRCH') },
        9: { fd: {}, cmdline },
      },
    });
    expect(await containers(proc)).toEqual([{ ...web, by }]);
    expect(proc.calls.filter((call) => call.includes('1/cmdline'))).toEqual([]);
  });

  it('are found in a copy that has no short names', async () => {
    const processes = { 7: { fd: {}, cmdline }, 8: { fd: {}, cmdline: 'init\0' } };
    expect(await containers(fakeProc({ processes }))).toEqual([{ ...web, by }]);
    expect(await containers(fakeProc({ processes, isLive: true }))).toEqual([]);
  });

  it('are none where processes cannot be listed', async () => {
    expect(await containers(fakeProc({ unlisted: systemError('EACCES') }))).toEqual([]);
  });

  it('are looked for in turns', async () => {
    const numbers = Array.from({ length: 600 }, (_, i) => [i + 1, { fd: {}, cmdline: '' }]);
    let turns = 0;
    const proc = {
      ...fakeProc({ processes: Object.fromEntries(numbers) }),
      pause: async () => void turns++,
    };
    await containers(proc);
    expect(turns).toBe(2);
  });
});
