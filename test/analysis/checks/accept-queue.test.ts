import { expect, test } from 'vitest';
import { acceptQueue } from '../../../src/analysis/checks/accept-queue.ts';
import type { InetSocket, Socket, UnixSocket } from '../../../src/model/socket/socket.ts';
import { inet, owner, unixSocket } from '../../support/builders.ts';
import { found, type Scene } from './support.ts';

const server = (length: number, limit: number | null, inode = 7): Socket =>
  inet('0.0.0.0:80', '0.0.0.0:0', { recvQueue: length, acceptQueue: { length, limit }, inode });

/** A server with an empty queue that has dropped connections. */
const dropper = (drops: number): Socket => ({ ...server(0, 128), drops });

const growing = {
  counters: { 'TcpExt.ListenOverflows': 503, 'TcpExt.ListenDrops': 503 },
  before: { counters: { 'TcpExt.ListenOverflows': 500, 'TcpExt.ListenDrops': 500 } },
};

/** Connections dropped for another reason than a full queue, such as no route back. */
const refusing = {
  counters: { 'TcpExt.ListenOverflows': 500, 'TcpExt.ListenDrops': 503 },
  before: { counters: { 'TcpExt.ListenOverflows': 500, 'TcpExt.ListenDrops': 500 } },
};

/** What the check says of a scene: severities and titles. */
const said = (scene: Scene) =>
  found(acceptQueue, scene).map(({ severity, title }) => `${severity}: ${title}`);

const full = 'critical: 0.0.0.0:80: the accept queue is full';
const dropping = 'warning: connections are dropped at full accept queues';

test.each<[string, Scene, readonly string[]]>([
  ['an empty queue is no finding', { sockets: [server(0, 128)] }, []],
  ['a queue that is half full is none', { sockets: [server(64, 128)] }, []],
  [
    'a queue at 80 % of its limit is a warning',
    { sockets: [server(103, 128)] },
    ['warning: 0.0.0.0:80: the accept queue is 80 % full'],
  ],
  [
    'a queue at its limit has room for one more',
    { sockets: [server(128, 128)] },
    ['warning: 0.0.0.0:80: the accept queue is 100 % full'],
  ],
  ['beyond its limit it is full', { sockets: [server(129, 128)] }, [full]],
  ['a queue of an unknown limit is none', { sockets: [server(500, null)] }, []],
  [
    'a short queue that is full for a moment is none',
    { sockets: [server(2, 1)], before: { sockets: [server(0, 1)] } },
    [],
  ],
  ['a short queue that stays full is one', { sockets: [server(2, 1)] }, [full]],
  [
    'a short queue that was full and has room again is none',
    { sockets: [server(5, 5)], before: { sockets: [server(6, 5)] } },
    [],
  ],
  [
    'as many as `least` are enough',
    { sockets: [server(8, 10)] },
    ['warning: 0.0.0.0:80: the accept queue is 80 % full'],
  ],
  [
    'another server at the same place before does not count',
    { sockets: [server(2, 1)], before: { sockets: [server(2, 1, 8)] } },
    [],
  ],
  [
    'what was dropped long ago is none',
    { sockets: [server(0, 128)], counters: { 'TcpExt.ListenOverflows': 500 } },
    [],
  ],
  [
    'what is dropped now is one, though no queue is full any more',
    {
      counters: { 'TcpExt.ListenOverflows': 503 },
      before: { counters: { 'TcpExt.ListenOverflows': 500 } },
    },
    [dropping],
  ],
  [
    'a single one is enough',
    {
      counters: { 'TcpExt.ListenOverflows': 501 },
      before: { counters: { 'TcpExt.ListenOverflows': 500 } },
    },
    [dropping],
  ],
  [
    'what is dropped now is one of the server whose own count grew',
    {
      ...growing,
      sockets: [dropper(9)],
      before: { ...growing.before, sockets: [dropper(6)] },
    },
    ['warning: 0.0.0.0:80: connections are dropped at its accept queue'],
  ],
  [
    'a single one of a server is enough too',
    {
      counters: { 'TcpExt.ListenOverflows': 501 },
      sockets: [dropper(1)],
      before: { counters: { 'TcpExt.ListenOverflows': 500 }, sockets: [dropper(0)] },
    },
    ['warning: 0.0.0.0:80: connections are dropped at its accept queue'],
  ],
  [
    'a server whose queue has room, and that is known to have dropped none, is not named',
    { ...growing, sockets: [server(3, 128)] },
    [dropping],
  ],
  [
    'what a server dropped before is none of its own',
    { ...growing, sockets: [dropper(9)], before: { ...growing.before, sockets: [dropper(9)] } },
    [dropping],
  ],
  [
    'what is dropped at servers that a filter leaves out is none',
    { ...growing, sockets: [server(0, 128)], rest: { isFiltered: true } },
    [],
  ],
  [
    'what a filtered server drops is one',
    {
      ...growing,
      sockets: [dropper(3)],
      before: { ...growing.before, sockets: [server(0, 128)] },
      rest: { isFiltered: true },
    },
    ['warning: 0.0.0.0:80: connections are dropped at its accept queue'],
  ],
  [
    'counters that went back were made anew',
    {
      counters: { 'TcpExt.ListenOverflows': 3 },
      before: { counters: { 'TcpExt.ListenOverflows': 500 } },
    },
    [],
  ],
  [
    'what is dropped while no queue is full is none',
    {
      ...refusing,
      sockets: [dropper(9)],
      before: { ...refusing.before, sockets: [dropper(6)] },
    },
    [],
  ],
  ['nor is it one of the network', refusing, []],
  [
    'thresholds can be set',
    { sockets: [server(64, 128)], set: { full: 50 } },
    ['warning: 0.0.0.0:80: the accept queue is 50 % full'],
  ],
])('%s', (_, scene, expected) => {
  expect(said(scene)).toEqual(expected);
});

/** Servers as files show them, without limits, and how many connections wait at each: before, and now. */
const ofFiles = (...queues: readonly (readonly [number, number])[]): Scene => {
  const at = (time: 0 | 1) =>
    queues.map((lengths, number) =>
      inet(`127.0.0.1:${8001 + number}`, '0.0.0.0:0', {
        ...{ recvQueue: lengths[time], acceptQueue: null, inode: 10 + number },
      }),
    );
  return { ...growing, sockets: at(1), before: { ...growing.before, sockets: at(0) } };
};
const waits = (port: number) =>
  `127.0.0.1:${port}: connections wait, and some are dropped at full accept queues`;
const dropsSomewhere = 'connections are dropped at full accept queues';

test.each<[string, Scene, readonly (readonly [string, string])[]]>([
  ['the one whose queue is not empty', ofFiles([11, 11], [0, 0]), [['likely', waits(8001)]]],
  [
    'each of several',
    ofFiles([11, 11], [2, 1]),
    [
      ['worth a look', waits(8001)],
      ['worth a look', waits(8002)],
    ],
  ],
  [
    'one of those selected: another may be meant',
    { ...ofFiles([11, 11]), rest: { isFiltered: true } },
    [['worth a look', waits(8001)]],
  ],
  ['none whose queue was empty before', ofFiles([0, 3]), [['sure', dropsSomewhere]]],
  ['none whose queue is empty now', ofFiles([3, 0]), [['sure', dropsSomewhere]]],
  [
    'none that is a connection, where bytes wait and not connections',
    {
      ...growing,
      sockets: [inet('127.0.0.1:8001', '127.0.0.1:50000', { recvQueue: 11, acceptQueue: null })],
    },
    [['sure', dropsSomewhere]],
  ],
  ['none, if none is selected', { ...ofFiles([0, 0]), rest: { isFiltered: true } }, []],
])('where limits are not known, drops may be those of a server: %s', (_, scene, expected) => {
  const drafts = found(acceptQueue, scene);
  expect(drafts.map(({ certainty, title }) => [certainty, title])).toEqual(expected);
});

test('a queue of an unknown limit is not said to be full, or to have room', () => {
  const [finding] = found(acceptQueue, ofFiles([12, 11]));
  expect(finding?.observations).toEqual([
    '11 connections wait to be accepted at 127.0.0.1:8001; a second before there were 12. The kernel dropped 3 connections at full queues within 1.0 s; the limit of its accept queue could not be seen.',
  ]);
  expect(finding?.seen).toEqual({
    ...{ waiting: 11, waitingBefore: 12, dropped: 3, overflowsSinceBoot: 503 },
  });
  const [unseen] = found(acceptQueue, ofFiles([0, 0]));
  expect(unseen?.observations).toEqual([
    'The kernel dropped 3 connections within 1.0 s; which queue was full could not be seen.',
  ]);
});

test('drops for other reasons are left out, and then it is not sure whose queue was full', () => {
  const dropping = (overflows: number, drops: number) => ({
    counters: { 'TcpExt.ListenOverflows': overflows, 'TcpExt.ListenDrops': drops },
    sockets: [dropper(drops)],
  });
  const of = (scene: Scene) =>
    found(acceptQueue, scene).map(({ certainty, seen }) => [certainty, seen.dropped]);
  expect(of({ ...dropping(4, 104), before: dropping(0, 4) })).toEqual([['likely', 4]]);
  expect(of({ ...dropping(4, 104), before: dropping(0, 100) })).toEqual([['sure', 4]]);
});

test.each<[string, number, number, string]>([
  [
    'is as long as it may be',
    4096,
    4096,
    'The queue is as long as net.core.somaxconn (4096) allows: raise that with `sysctl -w net.core.somaxconn=16384`, raise the backlog that the program passes to listen(2), and restart it.',
  ],
  [
    'could be longer: it was short when the program began to listen',
    16,
    64,
    'The program asked for 16, or net.core.somaxconn (now 64) was 16 when it began to listen: configure a longer backlog in it if it asked for that, and restart it.',
  ],
  [
    'is longer than it may be now',
    16,
    8,
    'The queue is longer than net.core.somaxconn (8) allows now, which was lowered since the program began to listen, so a restart would shorten it. Raise that with `sysctl -w net.core.somaxconn=64`, raise',
  ],
  ['has no length', 0, 0, '`sysctl -w net.core.somaxconn=4`'],
])('how a queue becomes longer that %s', (_, limit, acceptQueueLimit, remedy) => {
  const [finding] = found(acceptQueue, {
    sockets: [server(limit + 1, limit)],
    facts: { acceptQueueLimit },
  });
  expect(finding?.remedy).toContain(remedy);
});

test('more connections than the limit are explained, in numbers like the others', () => {
  const seen = (length: number) =>
    found(acceptQueue, { sockets: [server(length, 4096)] })[0]?.observations[0];
  expect(seen(4097)).toBe(
    '4,097 connections wait to be accepted at 0.0.0.0:80, with a limit of 4,096 (the kernel admits one more); a second before there were 4,097.',
  );
  expect(seen(4096)).toMatch(/at 0\.0\.0\.0:80, with a limit of 4,096; a second before/);
});

test('what was dropped while a queue is full is said, and of how long a queue', () => {
  const [finding] = found(acceptQueue, { ...growing, sockets: [server(129, 128)] });
  expect(finding?.observations.slice(1)).toEqual([
    'The kernel dropped 3 connections at full queues within 1.0 s.',
  ]);
  const [undropped] = found(acceptQueue, { sockets: [server(129, 128)] });
  expect(undropped?.observations).toHaveLength(1);
  const [dropped] = found(acceptQueue, {
    ...growing,
    sockets: [dropper(9)],
    before: { ...growing.before, sockets: [dropper(6)] },
  });
  expect(dropped?.observations).toEqual([
    'The kernel dropped 3 connections to it within 1.0 s; the queue has 0 connections now, with a limit of 128.',
  ]);
});

/** A worker with a queue of its own at the server's place (SO_REUSEPORT). */
const worker = (length: number, inode: number, changes: Partial<InetSocket> = {}): Socket =>
  inet('0.0.0.0:80', '0.0.0.0:0', {
    ...{ recvQueue: length, acceptQueue: { length, limit: 128 }, inode },
    ...{ owners: [owner(inode, 'web', { executable: '/usr/bin/web', uid: 33 })], ...changes },
  });

test('the workers of one server are one finding', () => {
  const [finding, ...others] = found(acceptQueue, {
    sockets: [worker(129, 1), worker(110, 2), worker(0, 3), worker(130, 4)],
  });
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    ...{ severity: 'critical', title: '0.0.0.0:80: 2 of 4 accept queues are full, 1 nearly full' },
    seen: { waiting: 369, limit: 384, waitingBefore: 369, queues: 3, allQueues: 4 },
  });
  expect(finding?.observations[0]).toBe(
    '369 connections wait to be accepted at 0.0.0.0:80, in the queues of 3 of 4 sockets (SO_REUSEPORT), each with a limit of 128 (the kernel admits one more); a second before there were 369.',
  );
  expect(finding?.observations[1]).toBe(
    'The kernel spreads clients over the 4 sockets there: about 2 in 4 get to a full queue.',
  );
  expect(finding?.sockets).toHaveLength(3);
});

test.each<[string, readonly number[], string, readonly string[]]>([
  [
    'one of them is full',
    [129, 0, 3, 0],
    '1 of 4 accept queues is full',
    [
      '129 connections wait to be accepted at 0.0.0.0:80, in the queue of 1 of 4 sockets (SO_REUSEPORT), with a limit of 128 (the kernel admits one more); a second before there were 129.',
      'The kernel spreads clients over the 4 sockets there: about 1 in 4 gets to a full queue.',
    ],
  ],
  [
    'all are full',
    [129, 129],
    '2 accept queues are full',
    [
      '258 connections wait to be accepted at 0.0.0.0:80, in the queues of 2 sockets (SO_REUSEPORT), each with a limit of 128 (the kernel admits one more); a second before there were 258.',
    ],
  ],
  [
    'one is nearly full',
    [110, 0],
    '1 of 2 accept queues is 85 % full',
    [
      '110 connections wait to be accepted at 0.0.0.0:80, in the queue of 1 of 2 sockets (SO_REUSEPORT), with a limit of 128; a second before there were 110.',
    ],
  ],
  [
    'some are nearly full',
    [110, 105, 0],
    '2 of 3 accept queues are up to 85 % full',
    [
      '215 connections wait to be accepted at 0.0.0.0:80, in the queues of 2 of 3 sockets (SO_REUSEPORT), each with a limit of 128; a second before there were 215.',
    ],
  ],
])('how many of a server’s queues are full is said: %s', (_, lengths, title, observations) => {
  const sockets = lengths.map((length, at) => worker(length, at + 1));
  expect(found(acceptQueue, { sockets })).toMatchObject([
    { title: `0.0.0.0:80: ${title}`, observations },
  ]);
});

test('owners are asked for only of sockets whose queues are not empty', () => {
  const sockets = [worker(129, 1), worker(110, 2)];
  const look = {
    ...{ system: { values: {}, missing: {} }, groups: new Map(), counters: [] },
    sockets,
  };
  expect(acceptQueue.watches?.(worker(0, 3), look)).toBe(false);
  expect(acceptQueue.ownersOf?.(look, {})).toEqual(sockets);
});

test.each<[string, Partial<InetSocket>, number]>([
  ['one program and user', {}, 1],
  ['two programs', { owners: [owner(9, 'other', { executable: '/usr/bin/other', uid: 33 })] }, 2],
  ['two users', { owners: [owner(9, 'web', { executable: '/usr/bin/web', uid: 34 })] }, 2],
  ['two interfaces', { device: 'eth1' }, 2],
  ['two addresses', { local: { address: '192.0.2.1', port: 80, zone: null } }, 2],
])('full queues of %s', (_, changes, findings) => {
  expect(said({ sockets: [worker(129, 1), worker(129, 2, changes)] })).toHaveLength(findings);
});

test('workers whose owners cannot be seen are told apart by user', () => {
  const hidden = (inode: number, uid: number) =>
    worker(129, inode, { owners: [], noOwner: 'denied', uid });
  expect(said({ sockets: [hidden(1, 33), hidden(2, 33), hidden(3, 34)] })).toEqual([
    'critical: 0.0.0.0:80: 2 of 3 accept queues are full',
    'critical: 0.0.0.0:80: 1 of 3 accept queues is full',
  ]);
});

test('what workers of one server drop is one finding', () => {
  const drops = (inode: number, count: number) => worker(0, inode, { drops: count });
  const [finding, ...others] = found(acceptQueue, {
    ...growing,
    sockets: [drops(1, 3), drops(2, 4), drops(3, 5)],
    before: { ...growing.before, sockets: [drops(1, 1), drops(2, 4), drops(3, 4)] },
  });
  expect(others).toEqual([]);
  expect(finding?.title).toBe('0.0.0.0:80: connections are dropped at its accept queues');
  expect(finding?.observations[0]).toBe(
    'The kernel dropped 3 connections to it within 1.0 s; its 2 queues that did have 0 connections now.',
  );
});

test('full queues of two containers of one program are two findings', () => {
  const of = (inode: number, name: string) =>
    worker(129, inode, {
      workload: {
        ...({ kind: 'container', runtime: 'docker', name, unit: null, id: null } as const),
        ...{ namespace: null, podUid: null, container: null, image: null },
      },
    });
  expect(said({ sockets: [of(1, 'one'), of(2, 'one'), of(3, 'other')] })).toHaveLength(2);
});

test('of several queues the fullest is told, and each limit once', () => {
  const of = (length: number, limit: number, inode: number) =>
    worker(length, inode, { acceptQueue: { length, limit } });
  const sockets = [of(900, 1000, 1), of(85, 100, 2), of(900, 1000, 3)];
  const [finding] = found(acceptQueue, { sockets });
  expect(finding?.title).toBe('0.0.0.0:80: 3 accept queues are up to 90 % full');
  expect(finding?.observations[0]).toContain('each with a limit of 100 or 1,000; ');
});

test('of several limits the lowest is what the program asked for', () => {
  const of = (limit: number, inode: number) =>
    worker(limit + 1, inode, { acceptQueue: { length: limit + 1, limit } });
  const [finding] = found(acceptQueue, { sockets: [of(4096, 1), of(128, 2)] });
  expect(finding?.remedy).toContain('The program asked for 128, or');
});

test('where the highest limit is not known, the program is what can be changed', () => {
  const [finding] = found(acceptQueue, {
    sockets: [server(129, 128)],
    facts: { acceptQueueLimit: null },
  });
  expect(finding?.remedy).toContain(
    'The program asked for 128, or net.core.somaxconn was 128 when',
  );
  expect(finding?.seen.maximum).toBe(null);
});

/** A server at a UNIX socket; its messages wait, too, but are not connections. */
const local = (length: number, limit: number, changes: Partial<UnixSocket> = {}): Socket =>
  unixSocket({
    ...{ recvQueue: length, acceptQueue: { length, limit }, path: '/run/fpm.sock', inode: 9 },
    ...changes,
  });

const fullLocal = 'critical: /run/fpm.sock: the accept queue is full';

test.each<[string, Scene, readonly string[]]>([
  ['with an empty queue', { sockets: [local(0, 128)] }, []],
  ['with a full queue', { sockets: [local(129, 128)] }, [fullLocal]],
  ['with a short queue that stays full', { sockets: [local(3, 2)] }, [fullLocal]],
  [
    'with one that is full for a moment',
    { sockets: [local(3, 2)], before: { sockets: [local(0, 2)] } },
    [],
  ],
  [
    'with a queue that is nearly full',
    { sockets: [local(104, 128)] },
    ['warning: /run/fpm.sock: the accept queue is 81 % full'],
  ],
  [
    'that has the place of another, which was removed',
    { sockets: [local(129, 128), local(129, 128, { inode: 10 })] },
    [fullLocal, fullLocal],
  ],
  [
    'that does not listen',
    { sockets: [local(500, 2, { state: 'UNCONNECTED', acceptQueue: null })] },
    [],
  ],
  [
    'beside drops that only TCP counts',
    { ...growing, sockets: [local(129, 128)] },
    [dropping, fullLocal],
  ],
  [
    'where TCP is not looked at',
    { ...growing, sockets: [local(129, 128)], rest: { protocols: ['unix'] } },
    [fullLocal],
  ],
])('a UNIX server %s', (_, scene, expected) => {
  expect(said(scene)).toEqual(expected);
});

test('what a full queue of a UNIX server does is said, and the command that lists it', () => {
  const [finding] = found(acceptQueue, { ...growing, sockets: [local(3, 2)] }).slice(-1);
  expect(finding).toMatchObject({
    observations: [
      '3 connections wait to be accepted at /run/fpm.sock, with a limit of 2 (the kernel admits one more); a second before there were 3.',
    ],
    seen: { waiting: 3, limit: 2, waitingBefore: 3, queues: 1, dropped: 0 },
    why: expect.stringContaining('EAGAIN'),
    command: ['-lxn', '--socket-info', '-p', 'path', '=', '/run/fpm.sock'],
  });
});

test.each([
  ['@/org/kernel/udevd', ['path', '=', '@/org/kernel/udevd']],
  ['/run/a b', ['inode', '=', '9']],
  ['and', ['inode', '=', '9']],
  ['/run/*', ['inode', '=', '9']],
  [null, ['inode', '=', '9']],
])('a UNIX server at %j is listed by what an expression can say', (path, words) => {
  const [finding] = found(acceptQueue, { sockets: [local(3, 2, { path })] });
  expect(finding?.command?.slice(3)).toEqual(words);
});
