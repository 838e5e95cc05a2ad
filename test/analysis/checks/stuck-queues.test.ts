import { expect, test } from 'vitest';
import type { Draft } from '../../../src/analysis/checks/check.ts';
import { stuckQueues } from '../../../src/analysis/checks/stuck-queues.ts';
import type { InetSocket } from '../../../src/model/socket/socket.ts';
import type { TcpInfo } from '../../../src/model/socket/tcp-info.ts';
import { inet, owner, tcpInfo } from '../../support/builders.ts';
import { found, many, type Scene } from './support.ts';

function connection(changes: Partial<InetSocket>, info: Partial<TcpInfo> = {}, number = 0) {
  return inet('127.0.0.1:80', `127.0.0.1:${40_000 + number}`, {
    recvQueue: 0,
    inode: 100 + number,
    owners: [owner(7, 'app')],
    tcpInfo: tcpInfo({ lastReceived: 9000, lastSent: 9000, bytesReceived: 100_000n, ...info }),
    ...changes,
  });
}

const probe = { kind: 'probe', expiresIn: 100, retransmits: 0, probes: 0 } as const;
/** So many of its last zero-window probes got no answer. */
const probed = (probes: number) => connection({ sendQueue: 5000, timer: { ...probe, probes } });
/** Its receive buffer is used up to so many percent. */
const filled = (used: number): Partial<InetSocket> => ({
  memory: {
    ...{ receive: used * 1000, receiveLimit: 100_000, send: 0, sendLimit: 0, forward: 0 },
    ...{ queued: 0, options: 0, backlog: 0 },
  },
});
const unread = (bytes: number, info: Partial<TcpInfo> = {}) =>
  connection({ recvQueue: bytes, ...filled(97) }, info);
const shut = (number = 0, info: Partial<TcpInfo> = {}) =>
  connection({ sendQueue: 5000, timer: probe }, info, number);

const outgoing = (number: number, inode: number | null) =>
  inet(`192.0.2.1:${40_000 + number}`, '192.0.2.9:443', {
    ...{ inode, owners: [], sendQueue: 5000, timer: probe, tcpInfo: tcpInfo({ lastSent: 9000 }) },
  });

const said = (scene: Scene) =>
  found(stuckQueues, scene).map(({ severity, title }) => `${severity}: ${title}`);

const notReading = 'warning: app (PID 7) does not read 1 connection';

test.each<[string, Scene, readonly string[]]>([
  ['empty queues are no finding', { sockets: [connection({})] }, []],
  ['what is not read for long is one', { sockets: [unread(20_000)] }, [notReading]],
  [
    'with room for more it is a note',
    { sockets: [connection({ recvQueue: 20_000, ...filled(89.9) })] },
    ['note: app (PID 7) has not read 1 connection for 9 s'],
  ],
  [
    'so it is if the buffer is not known',
    { sockets: [connection({ recvQueue: 20_000 })] },
    ['note: app (PID 7) has not read 1 connection for 9 s'],
  ],
  [
    'and if the peer has closed, whatever the buffer',
    { sockets: [connection({ recvQueue: 20_001, state: 'CLOSE_WAIT', ...filled(97) })] },
    ['note: app (PID 7) has not read 1 connection that the peer has closed'],
  ],
  [
    'the FIN of a peer is no byte',
    { sockets: [connection({ recvQueue: 16_384, state: 'CLOSE_WAIT' })] },
    [],
  ],
  [
    'what reaches the limits is one',
    { sockets: [connection({ recvQueue: 16_384, ...filled(90) }, { lastReceived: 5000 })] },
    [notReading],
  ],
  [
    'the FIN of a peer is no byte where the program has closed too',
    { sockets: [connection({ recvQueue: 16_384, state: 'LAST_ACK' })] },
    [],
  ],
  [
    'what is silent for long enough at the second look alone is one',
    {
      sockets: [unread(20_000, { lastReceived: 5050 })],
      before: { sockets: [unread(20_000, { lastReceived: 4050 })] },
    },
    [notReading],
  ],
  [
    'what came since the first look, and was to be read within a second, is one',
    {
      sockets: [unread(20_000, { lastReceived: 1000, bytesReceived: 110_000n })],
      before: { sockets: [unread(10_000, { lastReceived: 60 })] },
      set: { silent: 1 },
    },
    [notReading],
  ],
  ['little is none', { sockets: [unread(16_383)] }, []],
  ['data that came just now is none', { sockets: [unread(20_000, { lastReceived: 400 })] }, []],
  [
    'a program that reads is none, though as much comes as it takes',
    {
      sockets: [unread(20_000, { bytesReceived: 150_000n })],
      before: { sockets: [unread(20_000)] },
    },
    [],
  ],
  [
    'one that reads slowly is none',
    { sockets: [unread(20_000)], before: { sockets: [unread(21_000)] } },
    [],
  ],
  [
    'a connection that was not there before is none',
    { sockets: [unread(20_000)], before: { sockets: [] } },
    [],
  ],
  [
    'one that is not accepted yet is none: another check reports its queue',
    { sockets: [connection({ recvQueue: 20_000, inode: null, owners: [] })] },
    [],
  ],
  [
    'a peer with a closed window is a note',
    { sockets: [shut()] },
    ['note: 1 peer of app (PID 7) does not read: 1 connection with a closed window'],
  ],
  [
    'ten are a warning',
    { sockets: many(10, (number) => shut(number)) },
    ['warning: 1 peer of app (PID 7) does not read: 10 connections with a closed window'],
  ],
  [
    'closed connections that nobody holds any more are one, by server: each has another port',
    { sockets: many(200, (number) => outgoing(number, null)) },
    [
      'warning: 1 peer of closed connections with 192.0.2.9:443 does not read: 200 connections with a closed window',
    ],
  ],
  [
    'those of a program that may not be seen are another',
    { sockets: [...many(3, (number) => outgoing(number, null)), outgoing(3, 103)] },
    [
      'note: 1 peer of closed connections with 192.0.2.9:443 does not read: 3 connections with a closed window',
      'note: 1 peer of the program connected to 192.0.2.9:443 does not read: 1 connection with a closed window',
    ],
  ],
  [
    'a peer that does not answer probes is none',
    { sockets: [probed(4)], before: { sockets: [probed(4)] } },
    [],
  ],
  [
    'one to which a probe is on its way is one',
    { sockets: [probed(1)], before: { sockets: [probed(0)] } },
    ['note: 1 peer of app (PID 7) does not read: 1 connection with a closed window'],
  ],
  [
    'so is one that answers again',
    { sockets: [probed(0)], before: { sockets: [probed(4)] } },
    ['note: 1 peer of app (PID 7) does not read: 1 connection with a closed window'],
  ],
  [
    'what could not be sent for long enough at the second look alone is one',
    {
      sockets: [shut(0, { lastSent: 5000 })],
      before: { sockets: [shut(0, { lastSent: 4000 })] },
    },
    ['note: 1 peer of app (PID 7) does not read: 1 connection with a closed window'],
  ],
  ['a short pause of a peer is none', { sockets: [shut(0, { lastSent: 300 })] }, []],
  [
    'a window that was open before is none',
    { sockets: [shut()], before: { sockets: [connection({ sendQueue: 5000 })] } },
    [],
  ],
  [
    'what is set counts',
    { sockets: [unread(20_000, { lastReceived: 1500 })], set: { silent: 1 } },
    [notReading],
  ],
])('%s', (_, scene, expected) => {
  expect(said(scene)).toEqual(expected);
});

test('one byte that cannot be sent is worded as one', () => {
  const sockets = [connection({ sendQueue: 1, timer: probe })];
  const [finding] = found(stuckQueues, { sockets });
  expect(finding?.observations[0]).toMatch(/^1 byte waits to be sent/);
});

test.each<[string, Partial<InetSocket>, Partial<Draft>]>([
  [
    'whose buffer is full',
    filled(97),
    {
      certainty: 'sure',
      observations: [
        '20,000 bytes wait to be read and were not read within 1.0 s; the receive buffer is full, and nothing has arrived for 61 s.',
      ],
      seen: { count: 1, unread: 20_000, silent: 61, fill: 97 },
      why: expect.stringContaining('The peer cannot send more'),
    },
  ],
  [
    'whose buffer has room',
    filled(30),
    {
      certainty: 'worth a look',
      observations: [
        '20,000 bytes wait to be read and were not read within 1.0 s; nothing has arrived for 61 s.',
      ],
      seen: { count: 1, unread: 20_000, silent: 61, fill: 30 },
      why: expect.stringContaining('The peer can still send'),
    },
  ],
  [
    'that the peer has closed',
    { state: 'CLOSE_WAIT', recvQueue: 20_001 },
    {
      certainty: 'worth a look',
      observations: [
        '20,000 bytes wait to be read and were not read within 1.0 s; nothing has arrived for 61 s.',
      ],
      seen: { count: 1, unread: 20_000, silent: 61, fill: null },
      why: expect.stringContaining('The peer has sent everything and closed.'),
    },
  ],
])('what is said of a connection %s', (_, changes, expected) => {
  const sockets = [connection({ recvQueue: 20_000, ...changes }, { lastReceived: 61_400 })];
  expect(found(stuckQueues, { sockets })).toEqual([expect.objectContaining(expected)]);
});

test('connections of a process with and without room are told apart', () => {
  const of = (used: number, number: number) =>
    connection({ recvQueue: 20_000, ...filled(used) }, { lastReceived: 5000 + number }, number);
  expect(said({ sockets: [of(30, 1), of(97, 1000), of(40, 3000), of(95, 4)] })).toEqual([
    'warning: app (PID 7) does not read 2 connections',
    'note: app (PID 7) has not read 2 connections for up to 8 s',
  ]);
});

test('says how to list the connections', () => {
  const commands = found(stuckQueues, { sockets: [unread(20_000), shut(1)] });
  expect(commands.map(({ command }) => command?.join(' '))).toEqual([
    '-tanpo --tcp-info recvq > 0 and pid = 7',
    '-tanpo --tcp-info sendq > 0 and pid = 7',
  ]);
});

test('says how to look into all processes that share the connections', () => {
  const [mine] = found(stuckQueues, { sockets: [unread(20_000)] });
  expect(mine?.remedy).toMatch(/`ps -o pid,stat,wchan -p PIDS`.*`cat \/proc\/WORKER\/stack`/);
  expect(mine?.remedy).toContain('`strace -p PIDS`');
});

test('says in seconds for how long nothing could be sent', () => {
  const [theirs] = found(stuckQueues, { sockets: [shut(0, { lastSent: 7600 })] });
  expect(theirs?.seen.silent).toBe(8);
});
