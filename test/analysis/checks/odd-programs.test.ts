import { expect, test } from 'vitest';
import { oddPrograms } from '../../../src/analysis/checks/odd-programs.ts';
import type { OddProcess, SystemValues } from '../../../src/model/machine/system-facts.ts';
import type { Owner } from '../../../src/model/socket/owner.ts';
import type { InetSocket } from '../../../src/model/socket/socket.ts';
import { inet, owner, unit } from '../../support/builders.ts';
import { found } from './support.ts';

const process = (
  executable: string,
  traits: OddProcess['traits'],
  changes: Partial<OddProcess> = {},
): OddProcess => ({
  ...{ pid: 7, name: executable, executable, traits, stream: null, sockets: [70] },
  ...changes,
});

const connection = (changes: Partial<InetSocket> = {}) =>
  inet('192.0.2.1:40000', '198.51.100.9:4444', { inode: 70, owners: [owner(7, 'sh')], ...changes });
const server = (changes: Partial<InetSocket> = {}) =>
  inet('0.0.0.0:4444', '0.0.0.0:0', { inode: 70, owners: [owner(7, 'sh')], ...changes });

const said = (sockets: readonly InetSocket[], facts: Partial<SystemValues>, set = {}) =>
  found(oddPrograms, { sockets, facts, set }).map((one) => {
    expect(one.certainty).toBe('worth a look');
    expect(one.severity).not.toBe('critical');
    return `${one.severity}: ${one.title}`;
  });

const reverse = { stream: 70 };
const streams = (name: string) =>
  `warning: ${name} (PID 7) uses a connection as its standard input and output`;
const under = (name: string): Partial<Owner> => ({ parents: [{ pid: 3, name }] });

test.each<[string, OddProcess, InetSocket, string | null]>([
  [
    'a shell with a connection for its standard streams',
    process('/usr/bin/dash', ['streams', 'shell'], reverse),
    connection(),
    streams('dash'),
  ],
  [
    'an interpreter with one',
    process('/usr/bin/python3.11', ['streams'], reverse),
    connection(),
    streams('python3.11'),
  ],
  [
    'a server that inetd starts is no shell',
    process('/usr/sbin/in.ftpd', ['streams'], reverse),
    connection(),
    null,
  ],
  [
    'a FastCGI program has a server for its standard input',
    process('/usr/bin/php8.2', ['streams'], reverse),
    server(),
    null,
  ],
  [
    'what systemd starts for each connection is silent',
    process('/usr/bin/dash', ['streams', 'shell'], reverse),
    connection({ workload: unit('echo@3-192.0.2.1:7-198.51.100.9:4444.service') }),
    null,
  ],
  [
    'what rshd starts is a note',
    process('/usr/bin/dash', ['streams', 'shell'], reverse),
    connection({ owners: [owner(7, 'sh', under('in.rshd'))] }),
    streams('dash').replace('warning', 'note'),
  ],
  [
    'what inetd starts is a note',
    process('/usr/bin/dash', ['streams', 'shell'], reverse),
    connection({ owners: [owner(7, 'sh', under('xinetd'))] }),
    streams('dash').replace('warning', 'note'),
  ],
  [
    'a shell whose connection is not its standard input is silent',
    process('/usr/bin/dash', ['shell']),
    connection(),
    null,
  ],
  [
    'a shell that listens by itself',
    process('/usr/bin/dash', ['shell']),
    server(),
    'warning: dash (PID 7) holds a listening socket',
  ],
  [
    'a shell that was left a socket by what started it is a note',
    process('/usr/bin/dash', ['shell']),
    server({ owners: [owner(3, 'app'), owner(7, 'sh', under('app'))] }),
    'note: dash (PID 7) holds a listening socket',
  ],
  [
    'a program in a folder for all',
    process('/dev/shm/x', ['public-folder']),
    connection(),
    'warning: x (PID 7) runs from a world-writable directory',
  ],
  [
    'what `go run` builds is a note',
    process('/tmp/go-build123/b001/exe/main', ['public-folder']),
    server(),
    'note: main (PID 7) runs from a world-writable directory',
  ],
  [
    'an AppImage is a note',
    process('/tmp/.mount_EtcherXyz/app', ['public-folder']),
    connection(),
    'note: app (PID 7) runs from a world-writable directory',
  ],
  [
    'a program in memory alone',
    process('/memfd:x', ['memory']),
    connection(),
    'warning: memfd:x (PID 7) runs only from memory',
  ],
  [
    'an executable that is gone',
    process('/opt/app/1/server', ['removed']),
    server(),
    'warning: server (PID 7) runs from a file that was removed',
  ],
  [
    'an executable that an upgrade replaced is a note',
    process('/usr/sbin/nginx', ['replaced']),
    server(),
    'note: nginx (PID 7) runs from a file that was replaced',
  ],
  [
    'the name of a thread of the kernel',
    process('/usr/bin/x', ['kernel-name'], { name: '[kworker/0:1]' }),
    connection(),
    'warning: [kworker/0:1] (PID 7) uses the name of a kernel thread',
  ],
  [
    'of several reasons the worst is the title',
    process('/usr/bin/dash', ['shell', 'replaced', 'public-folder']),
    connection(),
    'warning: dash (PID 7) runs from a world-writable directory',
  ],
  [
    'one whose standard streams were closed before its sockets were read',
    process('/tmp/dash', ['streams', 'shell', 'public-folder'], { stream: 69 }),
    connection(),
    'warning: dash (PID 7) runs from a world-writable directory',
  ],
  [
    'one whose sockets were not read is silent',
    process('/dev/shm/x', ['public-folder'], { sockets: [71] }),
    connection(),
    null,
  ],
])('%s', (_, odd, socket, expected) => {
  expect(said([socket], { oddProcesses: [odd] })).toEqual(expected === null ? [] : [expected]);
});

const at = (second: number): Partial<Owner> => ({ startedAt: `2026-01-31T09:12:0${second}.000Z` });
const child: Partial<Owner> = { parents: [{ pid: 7, name: 'sh' }] };
const opens = "It holds the server's socket 0.0.0.0:4444, which shells do not open themselves";
const stays = 'The port stays in use while the shell runs.';

test.each<[string, readonly Owner[], string]>([
  [
    'alone',
    [owner(7, 'sh', at(1))],
    `warning: ${opens}, and no other process holds it: connections wait forever.`,
  ],
  [
    'with its child',
    [owner(7, 'sh', at(1)), owner(9, 'sleep', { ...at(2), ...child })],
    `warning: ${opens}. sleep (PID 9), which the shell started, holds it too.`,
  ],
  [
    'with its parent, which is not the first of them',
    [owner(2, 'sleep', child), owner(3, 'app'), owner(7, 'sh', under('app'))],
    `note: ${opens}: it was inherited from app (PID 3). ${stays}`,
  ],
  [
    'with its parent, and what started that',
    [
      owner(2, 'boss'),
      owner(3, 'app'),
      owner(7, 'sh', {
        parents: [
          { pid: 2, name: 'boss' },
          { pid: 3, name: 'app' },
        ],
      }),
    ],
    `note: ${opens}: it was inherited from app (PID 3). ${stays}`,
  ],
  [
    'with what started its parent',
    [
      owner(2, 'boss'),
      owner(7, 'sh', {
        parents: [
          { pid: 2, name: 'boss' },
          { pid: 3, name: 'app' },
        ],
      }),
    ],
    `note: ${opens}: it was inherited from boss (PID 2). ${stays}`,
  ],
  [
    'with an older process of the same parent, which has ended',
    [owner(7, 'sh', at(2)), owner(9, 'worker', { ...at(1), parents: [] })],
    `note: ${opens}: it was inherited from worker (PID 9). ${stays}`,
  ],
  [
    'with a younger process that is not known to be its child',
    [owner(7, 'sh', at(1)), owner(9, 'worker', { ...at(2), parents: [] })],
    `warning: ${opens}. worker (PID 9) holds it too.`,
  ],
  [
    'with a process of which nothing is known',
    [owner(7, 'sh'), owner(9, null)],
    `warning: ${opens}. Another process (PID 9) holds it too.`,
  ],
])('a shell holds a listening socket %s', (_, owners, expected) => {
  const oddProcesses = [process('/usr/bin/dash', ['shell'])];
  const [finding] = found(oddPrograms, { sockets: [server({ owners })], facts: { oddProcesses } });
  expect(`${finding?.severity}: ${finding?.observations[0]}`).toBe(expected);
});

const intruder = [/^Programs of an intruder look like this/, /^Find out what started it/] as const;
const upgraded = [/is not the installed one/, /^Restart it/] as const;

test.each<[string, OddProcess, InetSocket, readonly [why: RegExp, remedy: RegExp]]>([
  ['a program in memory', process('/memfd:x', ['memory']), server(), intruder],
  ['a program in a folder for all', process('/tmp/x', ['public-folder']), server(), intruder],
  [
    'one that a tool puts there',
    process('/tmp/go-build1/b001/exe/main', ['public-folder']),
    server(),
    [/^Everybody can write there/, /`go build`/],
  ],
  ['a removed file', process('/opt/x', ['removed']), server(), intruder],
  ['a replaced file', process('/usr/sbin/nginx', ['replaced']), server(), upgraded],
  ['the name of a thread', process('/usr/bin/x', ['kernel-name']), server(), intruder],
  [
    'a shell on a connection',
    process('/usr/bin/dash', ['streams', 'shell'], reverse),
    connection(),
    intruder,
  ],
  [
    'one that inetd started',
    process('/usr/bin/dash', ['streams', 'shell'], reverse),
    connection({ owners: [owner(7, 'sh', under('xinetd'))] }),
    [/can run what they send/, /remove the service from the configuration/],
  ],
  ['a listening shell', process('/usr/bin/dash', ['shell']), server(), intruder],
  [
    'one that inherited the socket',
    process('/usr/bin/dash', ['shell']),
    server({ owners: [owner(3, 'app'), owner(7, 'sh', under('app'))] }),
    [/cannot be restarted at its port/, /SOCK_CLOEXEC/],
  ],
  [
    'that, of a replaced file',
    process('/usr/bin/dash', ['shell', 'replaced']),
    server({ owners: [owner(3, 'app'), owner(7, 'sh', under('app'))] }),
    [/at its port.* is not the installed one/, /SOCK_CLOEXEC.* Restart it/],
  ],
  [
    'of several reasons only the worst',
    process('/tmp/x', ['replaced', 'public-folder']),
    server(),
    [/verdict\.$/, /before you end it\.$/],
  ],
])('why %s is reported, and what to do', (_, odd, socket, [why, remedy]) => {
  const [finding] = found(oddPrograms, {
    sockets: [socket],
    facts: { oddProcesses: [odd] },
  });
  expect(finding?.why).toMatch(why);
  expect(finding?.remedy).toMatch(remedy);
});

test('a file in a folder for all that is gone is not said to be there', () => {
  const oddProcesses = [process('/var/tmp/x', ['removed', 'public-folder'])];
  const [finding] = found(oddPrograms, { sockets: [server()], facts: { oddProcesses } });
  expect(finding?.observations.slice(0, 2)).toEqual([
    'Its executable was /var/tmp/x, which no longer exists: it cannot be started from there again.',
    'It was started from a directory that everybody can write to.',
  ]);
});

test('reports workers of one executable together', () => {
  const oddProcesses = [7, 8].map((pid) =>
    process('/usr/sbin/nginx', ['replaced'], { pid, sockets: [70, 70 + pid] }),
  );
  expect(said([server(), server({ inode: 77 }), server({ inode: 78 })], { oddProcesses })).toEqual([
    'note: nginx (2 processes) runs from a file that was replaced',
  ]);
});

test('reports a shell and its children that share one connection together', () => {
  const oddProcesses = [7, 8, 9].map((pid) =>
    process('/usr/bin/bash', ['streams', 'shell'], { pid, stream: 70 }),
  );
  const [finding, ...others] = found(oddPrograms, {
    sockets: [connection()],
    facts: { oddProcesses },
  });
  expect(others).toEqual([]);
  expect(finding?.title).toBe('bash (PID 7) uses a connection as its standard input and output');
  expect(finding?.observations.at(-1)).toBe('2 other processes have the connection too.');
  expect(finding?.processes).toEqual([7, 8, 9].map((pid) => ({ pid, program: 'bash' })));
});

test('reports what shares a connection together, whatever runs, and each listening shell alone', () => {
  const sockets = [70, 71].map((inode) => server({ inode }));
  const sharing = [
    process('/usr/bin/bash', ['streams', 'shell'], reverse),
    process('/usr/bin/python3', ['streams'], { pid: 8, ...reverse }),
  ];
  const [finding, ...others] = found(oddPrograms, {
    sockets: [connection()],
    facts: { oddProcesses: sharing },
  });
  expect(others).toEqual([]);
  expect(finding?.observations).toEqual([
    'Descriptors 0 and 1 are its connection from 192.0.2.1:40000 to 198.51.100.9:4444: what is sent there is run as commands.',
    '1 other process has the connection too.',
  ]);
  expect(finding?.command?.join(' ')).toBe('-tuanp pid = 7 or pid = 8');
  const listening = [7, 8].map((pid) =>
    process('/usr/bin/bash', ['shell'], { pid, sockets: [63 + pid] }),
  );
  expect(said(sockets, { oddProcesses: listening })).toEqual([
    'warning: bash (PID 7) holds a listening socket',
    'warning: bash (PID 8) holds a listening socket',
  ]);
});

test('what an interpreter is sent is code, and a super server that passed the connection is named', () => {
  const [finding] = found(oddPrograms, {
    sockets: [connection({ owners: [owner(7, 'perl', under('xinetd'))] })],
    facts: { oddProcesses: [process('/usr/bin/perl', ['streams'], reverse)] },
  });
  expect(finding?.observations[0]).toMatch(
    /: what is sent there is run as code or taken as input\. xinetd \(PID 3\) started it, as it does for each connection\.$/,
  );
});

const account = (changes: Partial<InetSocket>) =>
  server({
    ...{ uid: 33, owners: [owner(9, 'nc', { uid: 33 })], inode: 5 },
    ...changes,
  });
const stray = (uid: number) =>
  `note: nc (PID 9) of the service account ${uid} listens at 0.0.0.0:4444 and belongs to no unit`;

test.each<[string, InetSocket, string | null]>([
  [
    'a server of a service account outside of every unit',
    account({ noWorkload: 'none' }),
    stray(33),
  ],
  ["one in somebody's session", account({ workload: unit('session-3.scope', 'scope') }), stray(33)],
  ['one in a unit is silent', account({ workload: unit('app.service') }), null],
  [
    'one in a container is silent',
    account({ workload: { ...unit('db', 'container'), runtime: 'docker' } }),
    null,
  ],
  ['one of which that is not known is silent', account({ noWorkload: 'denied' }), null],
  ['one of a person is silent', account({ uid: 1000, noWorkload: 'none' }), null],
  ["one of root's is silent", account({ uid: 0, noWorkload: 'none' }), null],
  [
    'one that no process holds is silent',
    account({ owners: [], noOwner: 'none', noWorkload: 'none' }),
    null,
  ],
  ['the last of the service accounts', account({ uid: 999, noWorkload: 'none' }), stray(999)],
  [
    'the first port that services should not have',
    account({ noWorkload: 'none', local: { address: '0.0.0.0', port: 1024, zone: null } }),
    stray(33).replace('4444', '1024'),
  ],
  ['nobody is a service account', account({ uid: 65_534, noWorkload: 'none' }), stray(65_534)],
  [
    'a port that services have is silent',
    account({ noWorkload: 'none', local: { address: '0.0.0.0', port: 80, zone: null } }),
    null,
  ],
])('%s', (_, socket, expected) => {
  expect(said([socket], {})).toEqual(expected === null ? [] : [expected]);
  expect(said([socket], { hasSystemd: false })).toEqual([]);
  expect(said([socket], {}, { account: 10, port: 5000 })).toEqual([]);
});

test('workers of one service account at one place are one finding', () => {
  const worker = (pid: number) =>
    account({ noWorkload: 'none', owners: [owner(pid, 'nc', { uid: 33 })], inode: pid });
  const [finding, ...others] = found(oddPrograms, { sockets: [worker(9), worker(10)] });
  expect(others).toEqual([]);
  expect(finding?.title).toBe(
    'nc (PID 9) and 1 other process of the service account 33 listen at 0.0.0.0:4444 and belong to no unit',
  );
  expect(finding?.command).toEqual(['-tlnp', 'pid', '=', '9', 'or', 'pid', '=', '10']);
});

test('many sockets are counted, each once, and few are kept', () => {
  const inodes = Array.from({ length: 500 }, (_, i) => 100 + i);
  const connections = inodes.map((inode) => connection({ inode }));
  // A worker that was forked has half of them too.
  const oddProcesses = [
    process('/tmp/app', ['public-folder'], { sockets: [70, ...inodes] }),
    process('/tmp/app', ['public-folder'], { pid: 8, sockets: inodes.slice(250) }),
  ];
  const [finding, ...others] = found(oddPrograms, {
    sockets: [...connections, server()],
    facts: { oddProcesses },
  });
  expect(others).toEqual([]);
  expect(finding?.title).toBe('app (2 processes) runs from a world-writable directory');
  expect(finding?.observations.at(-1)).toBe('It has 501 Internet sockets.');
  expect(finding?.socketCount).toBe(501);
  expect(finding?.sockets[0]).toMatchObject({ inode: 70, state: 'LISTEN' });
  expect(finding?.sockets.length).toBeLessThan(50);
});

test("a shell's connection is recognized among many", () => {
  const inodes = Array.from({ length: 500 }, (_, i) => 100 + i);
  const sockets = [...inodes, 70].map((inode) => connection({ inode }));
  const oddProcesses = [
    process('/usr/bin/bash', ['streams', 'shell'], { ...reverse, sockets: [...inodes, 70] }),
  ];
  expect(said(sockets, { oddProcesses })).toEqual([streams('bash')]);
});

test.each([
  [[9], 'It runs outside of every unit, as user 33; systemd did not start it as a service.'],
  [[9, 10], 'They run outside of every unit, as user 33; systemd did not start them as services.'],
])(
  'processes %j of a service account are observed, and their sockets counted',
  (pids, observed) => {
    const sockets = pids.map((pid) =>
      account({ noWorkload: 'none', owners: [owner(pid, 'nc', { uid: 33 })], inode: pid }),
    );
    const [finding] = found(oddPrograms, { sockets });
    expect(finding?.observations).toEqual([observed]);
    expect(finding?.seen).toEqual({ uid: 33, sockets: pids.length });
  },
);
