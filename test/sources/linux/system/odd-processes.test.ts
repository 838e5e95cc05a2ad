import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { oddProcesses } from '../../../../src/sources/linux/system/odd-processes.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { type FakeProcess, fakeProc, systemError } from '../support/fake-proc.ts';

/** The traits of a process that has a socket at descriptor 3, and what else is told. */
function oddities(
  { comm = 'x', ...process }: Partial<FakeProcess> & { readonly comm?: string },
  root = '/proc',
) {
  const fd = { 3: 'socket:[30]', ...(process.fd as object) };
  const machine = fakeProc({
    processes: { 7: { cmdline: 'x\0', ...process, fd } },
    files: { '7/comm': `${comm}\n` },
  });
  return oddProcesses({ ...machine, root }, [7]).found[0];
}

test.each<[string, Parameters<typeof oddities>[0], readonly string[] | undefined]>([
  ['a plain program is not odd', { exe: '/usr/bin/x' }, undefined],
  ['a shell', { exe: '/usr/bin/dash' }, ['shell']],
  ['a shell of busybox', { exe: '/bin/busybox', cmdline: '-sh\0' }, ['shell']],
  ['another program of busybox', { exe: '/bin/busybox', cmdline: 'httpd\0-f\0' }, undefined],
  [
    'one socket for both standard streams',
    { exe: '/usr/bin/x', fd: { 0: 'socket:[30]', 1: 'socket:[30]' } },
    ['streams'],
  ],
  [
    'two sockets for them',
    { exe: '/usr/bin/x', fd: { 0: 'socket:[30]', 1: 'socket:[31]' } },
    undefined,
  ],
  [
    'a terminal for them',
    { exe: '/usr/bin/x', fd: { 0: '/dev/pts/1', 1: '/dev/pts/1' } },
    undefined,
  ],
  ['a folder for all', { exe: '/dev/shm/x' }, ['public-folder']],
  ['memory alone', { exe: '/memfd:x (deleted)' }, ['memory']],
  ['removed', { exe: '/opt/x (deleted)' }, ['removed']],
  [
    'the name of a thread of the kernel',
    { exe: '/usr/bin/x', cmdline: '[kworker/0:1]\0' },
    ['kernel-name'],
  ],
  ['one that was set by prctl(2)', { exe: '/usr/bin/x', comm: 'kworker/0:1' }, ['kernel-name']],
  ['test(1) is not one', { exe: '/usr/bin/[', cmdline: '[\0' }, undefined],
  [
    'a thread of the kernel has no executable',
    { comm: 'kworker/0:1', exe: systemError('ENOENT') },
    undefined,
  ],
])('%s', (_, process, expected) => {
  expect(oddities(process)?.traits).toEqual(expected);
});

const shells = ['sh', 'bash', 'rbash', 'dash', 'zsh', 'ksh', 'mksh', 'ash', 'csh', 'tcsh', 'fish'];
test.each([
  ...shells.map((name) => [name, true] as const),
  ...['ssh', 'mosh', 'crash', 'push', 'bash-static', 'shell', 'busybox'].map(
    (name) => [name, false] as const,
  ),
])('%s is a shell: %s', (name, isShell) => {
  expect(oddities({ exe: `/usr/bin/${name}` })?.traits).toEqual(isShell ? ['shell'] : undefined);
  expect(oddities({ exe: '/bin/busybox', cmdline: `${name}\0` })?.traits).toEqual(
    isShell ? ['shell'] : undefined,
  );
});

test.each([
  ['/tmp/x', true],
  ['/var/tmp/a/x', true],
  ['/dev/shm/x', true],
  ['/run/shm/x', true],
  ['/tmpfs/x', false],
  ['/home/me/tmp/x', false],
])('everybody can write where %s is: %s', (exe, expected) => {
  expect(oddities({ exe })?.traits).toEqual(expected ? ['public-folder'] : undefined);
});

test.each([
  ...['kworker/u8:1-events', 'ksoftirqd/0', 'kcompactd0', 'kswapd1', 'kauditd', 'kdevtmpfs'],
  ...['khugepaged', 'khungtaskd', 'kintegrityd', 'kblockd', 'kthrotld', 'kstrp', 'kthreadd'],
  ...['migration/0', 'rcu_sched', 'rcu_preempt', 'rcu_gp', 'rcu_par_gp', 'rcu_tasks_kthre'],
  ...['cpuhp/0', 'idle_inject/0', 'watchdogd', 'oom_reaper', 'jbd2/sda1-8', 'scsi_eh_0'],
  ...['xfsaild/dm-0', 'irq/27-eth0'],
])('only a thread of the kernel is called %s', (comm) => {
  expect(oddities({ exe: '/usr/bin/x', comm })?.traits).toEqual(['kernel-name']);
});

test.each([
  ...['kworkers', 'my-kworker/0', 'kube-proxy', 'kthreadd2', 'migration', 'rcu', 'cpuhp'],
  ...['irqbalance', 'watchdog', 'watchdogd2', 'oom_reaper2', 'kswapd1x', 'x-irq/27'],
])('any program may be called %s', (comm) => {
  expect(oddities({ exe: '/usr/bin/x', comm })).toBeUndefined();
});

test.each([
  ['[x]', true],
  ['[x] -d', false],
  ['a[x]', false],
  ['[a[x]', false],
  ['[]', false],
])('the command %j looks as threads of the kernel do: %s', (command, expected) => {
  expect(oddities({ exe: '/usr/bin/x', cmdline: `${command}\0` })?.traits).toEqual(
    expected ? ['kernel-name'] : undefined,
  );
});

test('a program has all its traits', () => {
  const fd = { 0: 'socket:[30]', 1: 'socket:[30]' };
  const exe = '/tmp/sh (deleted)';
  expect(oddities({ exe, fd, cmdline: '[x]\0' })?.traits).toEqual([
    ...['streams', 'shell', 'removed', 'public-folder', 'kernel-name'],
  ]);
});

test('a file of that name, where the process sees its files, has replaced its own', () => {
  const root = temporaryFolder('odd-');
  mkdirSync(join(root, '7/root/opt'), { recursive: true });
  writeFileSync(join(root, '7/root/opt/x'), '');
  expect(oddities({ exe: '/opt/x (deleted)' }, root)?.traits).toEqual(['replaced']);
});

test('its sockets are reported, and the one that is its standard streams', () => {
  const fd = { 0: 'socket:[31]', 1: 'socket:[31]', 2: 'pipe:[9]' };
  expect(oddities({ exe: '/bin/bash', cmdline: 'bash\0-i\0', fd })).toEqual({
    ...{ pid: 7, name: 'bash', executable: '/bin/bash', traits: ['streams', 'shell'] },
    ...{ stream: 31, sockets: [31, 30] },
  });
});

test('processes without sockets are passed over', () => {
  const machine = fakeProc({
    processes: { 7: { exe: '/tmp/x', cmdline: 'x\0', fd: { 0: '/dev/null' } } },
    files: { '7/comm': 'x\n' },
  });
  expect(oddProcesses(machine, [7])).toEqual({ found: [], denied: 0 });
});

test('those that could not be inspected are counted, those that ended are not', () => {
  const machine = fakeProc({ processes: { 7: { exe: systemError('EACCES'), fd: {} } } });
  expect(oddProcesses(machine, [7, 8])).toEqual({ found: [], denied: 1 });
});
