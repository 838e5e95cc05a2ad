import { expect, test } from 'vitest';
import { udpDrops } from '../../../src/analysis/checks/udp-drops.ts';
import type { InetSocket, Socket } from '../../../src/model/socket/socket.ts';
import { inet, owner } from '../../support/builders.ts';
import { found, type Scene } from './support.ts';

const server = (drops: number | null, inode = 7) =>
  inet('0.0.0.0:53', '0.0.0.0:0', { protocol: 'udp', drops, inode });

const said = (scene: Scene) =>
  found(udpDrops, scene).map(({ severity, observations }) => `${severity}: ${observations[0]}`);

test.each<[string, Scene, readonly string[]]>([
  ['a socket that dropped nothing is no finding', { sockets: [server(0)] }, []],
  ['a socket without a count of drops is none', { sockets: [server(null)] }, []],
  ['drops of long ago are none', { sockets: [server(500)] }, []],
  [
    'very many of long ago are a note',
    { sockets: [server(10_000)] },
    ['note: It dropped 10,000 packets since it was opened, almost none within the last second.'],
  ],
  ['a few now are none', { sockets: [server(504)], before: { sockets: [server(500)] } }, []],
  [
    'five now are one',
    { sockets: [server(505)], before: { sockets: [server(500)] } },
    ['warning: It dropped 5 packets within 1.0 s, 505 since it was opened.'],
  ],
  [
    'one that had dropped nothing before',
    { sockets: [server(9)], before: { sockets: [server(0)] } },
    ['warning: It dropped 9 packets within 1.0 s, 9 since it was opened.'],
  ],
  [
    'a thousand now are critical',
    { sockets: [server(1500)], before: { sockets: [server(500)] } },
    ['critical: It dropped 1,000 packets within 1.0 s, 1,500 since it was opened.'],
  ],
])('%s', (_, scene, expected) => {
  expect(said(scene)).toEqual(expected);
});

/** What the kernel counts at all sockets, before and now. */
const counting = (then: number, now: number, name = 'Udp.RcvbufErrors'): Scene => ({
  counters: { [name]: now },
  before: { counters: { [name]: then } },
});
const dropping = (scene: Scene, then: number, now: number): Scene => ({
  ...scene,
  sockets: [server(now)],
  before: { ...scene.before, sockets: [server(then)] },
});

test.each<[string, Scene, readonly string[]]>([
  ['packets that found the buffer full', dropping(counting(0, 50), 0, 50), ['warning: drops']],
  ['a few that were counted later', dropping(counting(0, 30), 0, 50), ['warning: drops']],
  [
    'packets for which there was no memory',
    dropping(counting(0, 50, 'Udp6.MemErrors'), 0, 50),
    ['warning: drops'],
  ],
  ['packets that a filter discards', dropping(counting(9, 9), 0, 50), ['note: discards']],
  [
    'packets of UDP do not count for UDP-Lite',
    dropping(counting(9, 9, 'UdpLite.RcvbufErrors'), 0, 50),
    ['warning: drops'],
  ],
  ['what a filter discarded long ago', dropping(counting(9, 9), 50_000, 50_000), []],
  [
    'what did not fit long ago',
    dropping(counting(50_000, 50_000), 50_000, 50_000),
    ['note: dropped'],
  ],
])('%s', (_, scene, expected) => {
  const words = found(udpDrops, scene).map(
    ({ severity, title }) =>
      `${severity}: ${title.replace(/^0\.0\.0\.0:53: a UDP socket (\w+) .*/, '$1')}`,
  );
  expect(words).toEqual(expected);
});

test('a buffer that is half full drops for lack of room, whatever is counted', () => {
  const at = (drops: number, receive: number): Socket => ({
    ...server(drops),
    memory: { ...memory, receive, receiveLimit: 1000 },
  });
  const of = (receive: number) =>
    said({
      ...counting(9, 9),
      sockets: [at(50, receive)],
      before: { counters: { 'Udp.RcvbufErrors': 9 }, sockets: [at(0, receive)] },
    });
  expect(of(500)).toEqual(['warning: It dropped 50 packets within 1.0 s, 50 since it was opened.']);
  expect(of(499)).toEqual([
    'note: It discarded 50 packets within 1.0 s; the kernel counted fewer that found a receive buffer full.',
  ]);
});

const worker = (drops: number, inode: number, remote = '0.0.0.0:0') =>
  inet('0.0.0.0:53', remote, {
    ...{ protocol: 'udp', drops, inode, owners: [owner(inode, 'resolver')] },
    memory: { ...memory, receive: 900, receiveLimit: 1000 },
  });

const memory: NonNullable<InetSocket['memory']> = {
  ...{ receive: 0, receiveLimit: 0, send: 0, sendLimit: 0, forward: 0, queued: 0 },
  ...{ options: 0, backlog: 0 },
};

test('the sockets of one server are one finding, and their packets are added up', () => {
  const [finding, ...others] = found(udpDrops, {
    sockets: [worker(3, 1), worker(506, 2), worker(8, 3, '192.0.2.1:5000')],
    before: { sockets: [worker(0, 1), worker(500, 2), worker(7, 3, '192.0.2.1:5000')] },
  });
  expect(others).toEqual([]);
  expect(finding?.title).toBe('0.0.0.0:53: 3 UDP sockets drop packets');
  expect(finding?.observations).toEqual([
    'These 3 sockets dropped 10 packets within 1.0 s, 517 since they were opened.',
    'Their receive buffers hold 2,700 bytes of 3,000 (90 %).',
  ]);
  expect(finding?.seen).toEqual({
    ...{ dropped: 10, droppedInAll: 517, sockets: 3, buffered: 2700, buffer: 3000 },
  });
  expect(finding?.sockets.map(({ inode }) => inode)).toEqual([2, 1, 3]);
});

test('a socket that was connected between the readings has not lost all its packets now', () => {
  const scene = {
    sockets: [worker(500, 1, '192.0.2.1:5000')],
    before: { sockets: [worker(500, 1)] },
  };
  expect(said(scene)).toEqual([]);
});

test.each([
  ['udp', 'a UDP socket drops packets', '-unp'],
  ['udplite', 'a UDP-Lite socket drops packets', '-Unp'],
] as const)('the command lists the table of %s', (protocol, title, letters) => {
  const socket = { ...server(505), protocol };
  const [finding] = found(udpDrops, {
    sockets: [socket],
    before: { sockets: [{ ...socket, drops: 5 }] },
  });
  expect(finding?.title).toBe(`0.0.0.0:53: ${title}`);
  expect(finding?.command?.[0]).toBe(letters);
});

test('packets without memory are counted beside those without room in a buffer', () => {
  const counters = (memory: number) => ({ 'Udp.RcvbufErrors': 9, 'Udp.MemErrors': memory });
  const [finding] = found(udpDrops, {
    ...{ sockets: [server(50)], counters: counters(50) },
    before: { sockets: [server(0)], counters: counters(0) },
  });
  expect(finding?.severity).toBe('warning');
});

test('a note of what a socket dropped says what its buffer holds, and how to look again', () => {
  const [finding] = found(udpDrops, { sockets: [worker(10_000, 1)] });
  expect(finding?.observations[1]).toBe('Its receive buffer holds 900 bytes of 1,000 (90 %).');
  expect(finding?.remedy).toContain('recvmmsg(2) or several sockets (SO_REUSEPORT)');
  expect(finding?.command).toEqual(['-unp', '-a', '--socket-info', 'sport', '=', ':53']);
});

test('of several servers the one that drops most comes first', () => {
  const at = (port: number, drops: number) =>
    inet(`0.0.0.0:${port}`, '0.0.0.0:0', { protocol: 'udp', drops, inode: port });
  const findings = found(udpDrops, {
    sockets: [at(53, 10_000), at(514, 20), at(123, 900)],
    before: { sockets: [at(53, 10_000), at(514, 0), at(123, 0)] },
  });
  expect(findings.map(({ seen }) => seen.dropped)).toEqual([900, 20, 0]);
});

test('bytes that wait in a buffer of unknown size are told', () => {
  const told = (recvQueue: number) =>
    found(udpDrops, {
      sockets: [{ ...server(9), recvQueue }],
      before: { sockets: [server(0)] },
    })[0]?.observations.slice(1);
  expect(told(0)).toEqual([]);
  expect(told(1)).toEqual(['1 byte not read yet.']);
});
