import { expect, test } from 'vitest';
import { stoppedPrograms } from '../../../src/analysis/checks/stopped-programs.ts';
import type { FrozenCgroup, StoppedProcess } from '../../../src/model/machine/system-facts.ts';
import type { Socket } from '../../../src/model/socket/socket.ts';
import { inet, owner, unix } from '../../support/builders.ts';
import { found, many } from './support.ts';

const stopped = (pid: number, changes: Partial<StoppedProcess> = {}): StoppedProcess => ({
  ...{ pid, program: 'app', by: 'signal', frozen: null, sockets: [70] },
  ...changes,
});
const app = owner(7, 'app');
const server = inet('0.0.0.0:80', '0.0.0.0:0', { inode: 70, owners: [app] });
const udp = (port: number) =>
  inet(`0.0.0.0:${port}`, '0.0.0.0:0', {
    ...{ protocol: 'udp', state: 'UNCONN', inode: 70, owners: [app] },
  });
const named = unix('/run/app.sock', { state: 'LISTENING', inode: 70, owners: [app] });

const said = (sockets: readonly Socket[], ...stoppedProcesses: readonly StoppedProcess[]) =>
  found(stoppedPrograms, { sockets, facts: { stoppedProcesses } }).map(
    ({ severity, certainty, title }) => `${severity}, ${certainty}: ${title}`,
  );

const silent = (place: string) =>
  `critical, sure: app (PID 7) is stopped: nobody answers at ${place}`;

test.each<[string, Socket, string | null]>([
  ['a TCP server', server, silent('0.0.0.0:80')],
  ['a UDP server', udp(53), silent('0.0.0.0:53')],
  ['a client that expects packets', udp(40_000), null],
  ['a UNIX server', named, silent('/run/app.sock')],
  ['one without a name', { ...named, path: null }, silent('a UNIX socket')],
  ['a UNIX connection', unix('/run/app.sock', { inode: 70 }), null],
  ['a connection', inet('192.0.2.1:80', '198.51.100.9:4000', { inode: 70 }), null],
  ['one that is bound', inet('0.0.0.0:80', '0.0.0.0:0', { inode: 70, state: 'BOUND' }), null],
  ['a server of others', { ...server, inode: 71 }, null],
  ['a record without an inode', { ...server, inode: null }, null],
])('of a stopped process: %s', (_, socket, expected) => {
  expect(said([socket], stopped(7))).toEqual(expected === null ? [] : [expected]);
});

test('where nothing is stopped nothing is found', () => {
  expect(said([server])).toEqual([]);
});

test('a worker is one of those that have the socket', () => {
  const shared = { ...server, owners: [owner(6, 'app'), app, owner(8, 'app')] };
  const one = 'app (PID 7) is stopped, one of 3 processes at 0.0.0.0:80';
  expect(said([shared], stopped(7))).toEqual([`warning, sure: ${one}`]);
  const two = 'app (PID 7) and 1 other process are stopped, 2 of 3 processes at 0.0.0.0:80';
  expect(said([shared], stopped(7), stopped(8))).toEqual([`warning, sure: ${two}`]);
  const all = 'app (PID 6) and 2 other processes are stopped: nobody answers at 0.0.0.0:80';
  expect(said([shared], stopped(6), stopped(7), stopped(8))).toEqual([`critical, sure: ${all}`]);
  const [finding] = found(stoppedPrograms, {
    ...{ sockets: [shared], facts: { stoppedProcesses: [stopped(7)] } },
  });
  expect(finding).toMatchObject({
    observations: [
      'It does not run until it gets SIGCONT (state T).',
      'app (PID 6) and 1 other process have them too and are not stopped: whether connections are accepted there is not known.',
    ],
    ...{ seen: { processes: 1, others: 2, sockets: 1 }, command: ['-lnp', '--pid', '7'] },
    remedy: expect.stringContaining('`kill -CONT 7` lets it go on.'),
  });
});

test('the sockets of one process are one finding, with the first places', () => {
  const sockets = many(5, (at) => inet(`0.0.0.0:${80 + at}`, '0.0.0.0:0', { inode: 70 + at }));
  const process = stopped(7, { sockets: [70, 71, 72, 73, 74, 75] });
  const places = (some: string) =>
    `critical, sure: app (PID 7) is stopped: nobody answers at ${some}`;
  expect(said(sockets, process)).toEqual([
    places('0.0.0.0:80, 0.0.0.0:81, 0.0.0.0:82 and 2 other places'),
  ]);
  expect(said([server, { ...named, inode: 75 }], process)).toEqual([
    places('0.0.0.0:80 and /run/app.sock'),
  ]);
});

test('of many processes the first are in the commands', () => {
  const all = many(30, (at) => stopped(at + 1));
  const [finding] = found(stoppedPrograms, { sockets: [server], facts: { stoppedProcesses: all } });
  expect(finding?.seen).toMatchObject({ processes: 30 });
  expect(finding?.command?.[2]?.split(',')).toHaveLength(20);
});

test('what a tracer holds may go on at once', () => {
  const traced = stopped(7, { by: 'tracer', program: null });
  expect(said([server], traced)).toEqual([
    'warning, worth a look: a process (PID 7) is stopped by a tracer, at 0.0.0.0:80',
  ]);
  const [finding] = found(stoppedPrograms, {
    ...{ sockets: [server], facts: { stoppedProcesses: [traced] } },
  });
  expect(finding?.remedy).toContain('`grep TracerPid /proc/7/status`');
});

const cgroup = (path: string): FrozenCgroup => ({
  ...{ version: 2, folder: `/sys/fs/cgroup${path}`, path, manager: null },
});
const frozen = (pid: number, path = '/a') => stopped(pid, { by: 'freezer', frozen: cgroup(path) });

test('what the cgroup freezer holds is frozen, with its cgroups', () => {
  expect(said([server], frozen(7))).toEqual([
    'critical, sure: app (PID 7) is frozen: nobody answers at 0.0.0.0:80',
  ]);
  const shared = { ...server, owners: [app, owner(8, 'app'), owner(9, 'app')] };
  const texts = (...stoppedProcesses: readonly StoppedProcess[]) => {
    const [finding] = found(stoppedPrograms, { sockets: [shared], facts: { stoppedProcesses } });
    return [finding?.title, finding?.observations[0], finding?.remedy];
  };
  const thaw = (path: string) => `\`echo 0 > /sys/fs/cgroup${path}/cgroup.freeze\``;
  expect(texts(frozen(7), frozen(8))).toEqual([
    'app (PID 7) and 1 other process are frozen, 2 of 3 processes at 0.0.0.0:80',
    'The cgroup freezer holds them, with the cgroup /a.',
    expect.stringContaining(thaw('/a')),
  ]);
  const [, cgroups, remedy] = texts(frozen(7), frozen(8, '/b'), frozen(9, '/c'));
  expect(cgroups).toBe('The cgroup freezer holds them, with the cgroups /a, /b and /c.');
  expect(remedy).toMatch(/cgroup\.freeze`\. The other cgroups likewise\.$/);
});

test('of one that is stopped and another that is frozen both are told', () => {
  const shared = { ...server, owners: [app, owner(8, 'app')] };
  const stoppedProcesses = [stopped(7), frozen(8)];
  expect(found(stoppedPrograms, { sockets: [shared], facts: { stoppedProcesses } })).toMatchObject([
    {
      title: 'app (PID 7) and 1 other process are stopped: nobody answers at 0.0.0.0:80',
      observations: [
        '1 of them does not run until it gets SIGCONT (state T).',
        'The cgroup freezer holds 1 of them, with the cgroup /a.',
        'No other visible process has these sockets.',
      ],
      remedy: expect.stringMatching(/`kill -CONT 7`.*cgroup\.freeze`/),
    },
  ]);
});

test('of one that is both stopped and frozen both are told', () => {
  const stoppedProcesses = [stopped(7, { frozen: cgroup('/a') })];
  expect(found(stoppedPrograms, { sockets: [server], facts: { stoppedProcesses } })).toMatchObject([
    {
      title: 'app (PID 7) is stopped: nobody answers at 0.0.0.0:80',
      observations: [
        'It does not run until it gets SIGCONT (state T).',
        'The cgroup freezer holds it, with the cgroup /a.',
        'No other visible process has these sockets.',
      ],
      remedy: expect.stringMatching(/`kill -CONT 7`.*`echo 0 > .*cgroup\.freeze`/),
    },
  ]);
});

test('many workers with many sockets are found at once', () => {
  const inodes = Array.from({ length: 500 }, (_, at) => at + 70);
  const stoppedProcesses = Array.from({ length: 1000 }, (_, at) =>
    stopped(at + 1, { sockets: inodes }),
  );
  const start = performance.now();
  expect(said([server], ...stoppedProcesses)).toHaveLength(1);
  expect(performance.now() - start).toBeLessThan(5000);
});
