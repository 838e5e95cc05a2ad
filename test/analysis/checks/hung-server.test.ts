import { expect, test } from 'vitest';
import { hungServer } from '../../../src/analysis/checks/hung-server.ts';
import type { Service } from '../../../src/model/report/service.ts';
import type { InetSocket } from '../../../src/model/socket/socket.ts';
import { inet, owner } from '../../support/builders.ts';
import { found, many, runningByDefault, type Scene } from './support.ts';

/** A server in whose queue so many connections wait. */
const server = (length: number, changes: Partial<InetSocket> = {}) =>
  inet('0.0.0.0:8010', '0.0.0.0:0', {
    ...{ recvQueue: length, inode: 7, owners: [owner(42, 'app')], ...changes },
  });

/** The connection of a client, which no program has accepted. */
const waiting =
  (state: InetSocket['state'] = 'ESTABLISHED', inode: number | null = null) =>
  (number: number) =>
    inet('127.0.0.1:8010', `127.0.0.1:${40_000 + number}`, { state, inode });

const asked = (
  by: Service['asked']['by'] = 'port',
  listeners: readonly InetSocket[] = [],
): NonNullable<Scene['rest']> => ({
  service: {
    ...{ asked: { by, value: '8010' }, status: 'listening', listeners, bound: [], clients: [] },
    ...{
      listenerCount: listeners.length,
      incoming: null,
      outgoing: null,
      elsewhere: null,
      forwards: null,
    },
    ...{
      units: null,
      earlier: null,
      portless: null,
      similar: null,
      holding: [],
      opened: null,
      unclear: null,
    },
  },
});

const said = (scene: Scene) =>
  found(hungServer, { rest: asked(), ...scene }).map(
    ({ severity, certainty, title }) => `${severity}, ${certainty}: ${title}`,
  );

const hung = 'warning, sure: 0.0.0.0:8010: 6 connections have waited for a second to be accepted';

test.each<[string, Scene, readonly string[]]>([
  ['an empty queue is no finding', { sockets: [server(0)] }, []],
  [
    'the same connections in both readings are one',
    { sockets: [server(6), ...many(6, waiting())] },
    [hung],
  ],
  [
    'one is enough',
    { sockets: [server(1), waiting()(0)] },
    ['warning, sure: 0.0.0.0:8010: 1 connection has waited for a second to be accepted'],
  ],
  [
    'those that their clients have closed count',
    { sockets: [server(6), ...many(6, waiting('CLOSE_WAIT'))] },
    [hung],
  ],
  [
    'a queue of other connections than before is none',
    {
      sockets: [server(6), ...many(6, waiting())],
      before: { sockets: [server(6), ...many(6, (number) => waiting()(number + 100))] },
    },
    [],
  ],
  [
    'accepted connections are none',
    { sockets: [server(0), ...many(6, waiting('ESTABLISHED', 9))] },
    [],
  ],
  [
    'fewer than are set are none',
    { sockets: [server(6), ...many(6, waiting())], set: { count: 7 } },
    [],
  ],
  [
    'nobody has asked for one service',
    { sockets: [server(6), ...many(6, waiting())], rest: {} },
    [],
  ],
  [
    'an address is no service',
    { sockets: [server(6), ...many(6, waiting())], rest: asked('remote') },
    [],
  ],
  [
    'a queue that is nearly full is for another check',
    {
      sockets: [server(9), ...many(9, waiting())],
      rest: asked('port', [server(9, { acceptQueue: { length: 9, limit: 10 } })]),
    },
    [],
  ],
  [
    'unless that does not run',
    {
      sockets: [server(6), ...many(6, waiting())],
      rest: {
        ...asked('port', [server(6, { acceptQueue: { length: 6, limit: 5 } })]),
        running: new Map(),
      },
    },
    [hung],
  ],
  [
    'or is set to report only fuller ones',
    {
      sockets: [server(9), ...many(9, waiting())],
      rest: {
        ...asked('port', [server(9, { acceptQueue: { length: 9, limit: 10 } })]),
        running: runningByDefault({ 'accept-queue': { full: 95 } }),
      },
    },
    ['warning, sure: 0.0.0.0:8010: 9 connections have waited for a second to be accepted'],
  ],
  [
    'of a program only the queue is known',
    { sockets: [server(6)], rest: asked('program') },
    [
      'note, worth a look: 0.0.0.0:8010: 6 connections wait to be accepted, and did a second before',
    ],
  ],
  [
    'a queue that becomes shorter is none',
    { sockets: [server(5)], before: { sockets: [server(6)] }, rest: asked('program') },
    [],
  ],
  ['a short queue of a program is none', { sockets: [server(2)], rest: asked('program') }, []],
  ['of a port the connections are known: none has waited', { sockets: [server(6)] }, []],
])('%s', (_, scene, expected) => {
  expect(said(scene)).toEqual(expected);
});

test('says how many clients have gone, and what to type', () => {
  const sockets = [
    server(6),
    ...many(4, waiting()),
    ...many(2, (number) => waiting('CLOSE_WAIT')(number + 4)),
  ];
  const [finding] = found(hungServer, { sockets, rest: asked() });
  expect(finding).toMatchObject({
    seen: { count: 6, waiting: 6, waitingBefore: 6, closed: 2 },
    observations: [
      '6 connections have waited for at least 1.0 s to be accepted.',
      'The clients of 2 of them have closed the connection meanwhile.',
    ],
    remedy: expect.stringMatching(/`strace -p PIDS`.*`ls \/proc\/WORKER\/fd \| wc -l`/),
  });
  expect(finding?.sockets).toEqual([server(6)]);
});

/** A UDP server with so many bytes of packets in its queue. */
const datagrams = (length: number, inode = 7) =>
  inet('0.0.0.0:8010', '0.0.0.0:0', { protocol: 'udp', recvQueue: length, inode });
const unread = (bytes: string) =>
  `note, worth a look: 0.0.0.0:8010: ${bytes} bytes of UDP packets are not read, and no fewer than a second before`;

test.each<[string, Scene, readonly string[]]>([
  ['the same in both readings is one', { sockets: [datagrams(8192)] }, [unread('8,192')]],
  [
    'more is one too, also of a program',
    {
      sockets: [datagrams(8192)],
      before: { sockets: [datagrams(4096)] },
      rest: asked('program'),
    },
    [unread('8,192')],
  ],
  ['less than is set is none', { sockets: [datagrams(4095)] }, []],
  [
    'less than before is none',
    { sockets: [datagrams(8191)], before: { sockets: [datagrams(8192)] } },
    [],
  ],
  [
    'what has just come is none',
    { sockets: [datagrams(8192)], before: { sockets: [datagrams(0)] } },
    [],
  ],
  [
    'one of two workers that does not read is one',
    {
      sockets: [datagrams(8192, 7), datagrams(5000, 8)],
      before: { sockets: [datagrams(8192, 7), datagrams(6000, 8)] },
    },
    [unread('8,192')],
  ],
  [
    'a client of a UDP server is none',
    {
      sockets: [inet('192.0.2.1:40000', '203.0.113.9:8010', { protocol: 'udp', recvQueue: 9000 })],
    },
    [],
  ],
  ['nobody has asked for one service', { sockets: [datagrams(8192)], rest: {} }, []],
])('UDP packets: %s', (_, scene, expected) => {
  expect(said(scene)).toEqual(expected);
});
