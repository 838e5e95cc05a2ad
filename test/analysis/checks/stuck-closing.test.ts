import { expect, test } from 'vitest';
import { stuckClosing } from '../../../src/analysis/checks/stuck-closing.ts';
import type { InetSocket } from '../../../src/model/socket/socket.ts';
import { inet, owner } from '../../support/builders.ts';
import { found, many, type Scene } from './support.ts';

const closing =
  (state: InetSocket['state'], changes: Partial<InetSocket> = {}) =>
  (number: number) =>
    inet('192.0.2.1:80', `203.0.113.9:${40_000 + number}`, { state, inode: null, ...changes });

const outgoing =
  (state: InetSocket['state'], changes: Partial<InetSocket> = {}) =>
  (number: number) =>
    inet(`192.0.2.1:${40_000 + number}`, '192.0.2.9:443', { state, inode: null, ...changes });

const held = closing('FIN_WAIT2', { inode: 5, owners: [owner(7, 'app')] });
const repeating = (retransmits: number) => ({
  timer: { kind: 'on', expiresIn: 0, retransmits, probes: 0 } as const,
});

const said = (scene: Scene) =>
  found(stuckClosing, scene).map(({ severity, title }) => `${severity}: ${title}`);

test.each<[string, Scene, readonly string[]]>([
  ['nothing is no finding', {}, []],
  [
    'FIN_WAIT2 that the kernel ends by itself is none',
    { sockets: many(500, closing('FIN_WAIT2')) },
    [],
  ],
  ['a few that a program holds are none', { sockets: many(19, held) }, []],
  [
    'twenty are one',
    { sockets: many(20, held) },
    ['warning: app (PID 7) waits for the peers of 20 half-closed connections'],
  ],
  ['those that came just now are none', { sockets: many(20, held), before: { sockets: [] } }, []],
  ['LAST_ACK in passing is none', { sockets: many(500, closing('LAST_ACK', repeating(0))) }, []],
  [
    'LAST_ACK that nobody answers is one',
    { sockets: many(20, closing('LAST_ACK', repeating(3))) },
    ['warning: port 80: 20 connections cannot be closed, the peers are gone'],
  ],
  [
    'a few of each of two services are none',
    {
      sockets: many(38, (number) => ({
        ...closing('LAST_ACK', repeating(3))(number),
        local: { address: '192.0.2.1', port: number < 19 ? 80 : 443, zone: null },
      })),
    },
    [],
  ],
  [
    'so is that of a server whose port is above those of its clients',
    {
      sockets: many(20, (number) => ({
        ...closing('LAST_ACK', repeating(3))(number),
        local: { address: '192.0.2.1', port: 50_051, zone: null },
      })),
    },
    ['warning: port 50051: 20 connections cannot be closed, the peers are gone'],
  ],
  [
    'so is FIN_WAIT1',
    { sockets: many(20, closing('FIN_WAIT1', repeating(5))) },
    ['warning: port 80: 20 connections cannot be closed, the peers are gone'],
  ],
  [
    'so are windows that stay shut to closed connections, if no probe is answered',
    {
      sockets: many(
        20,
        closing('FIN_WAIT1', { timer: { ...repeating(0).timer, kind: 'probe', probes: 3 } }),
      ),
    },
    ['warning: port 80: 20 connections cannot be closed, the peers are gone'],
  ],
  [
    'those that a program still holds are none: another check reports them',
    {
      sockets: [
        ...many(19, closing('FIN_WAIT1', repeating(3))),
        ...many(20, closing('FIN_WAIT1', { ...repeating(3), inode: 5 })),
      ],
    },
    [],
  ],
  [
    'of clients it reports the server: each has another port',
    { sockets: many(20, outgoing('LAST_ACK', repeating(3))) },
    ['warning: 192.0.2.9:443: 20 connections cannot be closed, the peers are gone'],
  ],
  [
    'half-closed clients whose program may not be seen are counted by server',
    { sockets: many(20, outgoing('FIN_WAIT2', { inode: 5, owners: [], noOwner: 'denied' })) },
    [
      'warning: the program connected to 192.0.2.9:443 waits for the peers of 20 half-closed connections',
    ],
  ],
  ['TIME_WAIT is none', { sockets: many(500, closing('TIME_WAIT', repeating(0))) }, []],
])('%s', (_, scene, expected) => {
  expect(said(scene)).toEqual(expected);
});

test('of several, reports the one that was repeated most', () => {
  const one = closing('LAST_ACK', repeating(3))(0);
  const sockets = [...many(150_000, () => one), closing('LAST_ACK', repeating(5))(1)];
  const [finding] = found(stuckClosing, { sockets });
  expect(finding?.seen).toEqual({ count: 150_001, peers: 1, repetitions: 5 });
});

test('half-closed connections have been so for a second, each with a descriptor', () => {
  const [finding] = found(stuckClosing, { sockets: many(20, held) });
  expect(finding?.observations).toEqual([
    '20 connections were already in FIN_WAIT2 1.0 s before, each with a descriptor of the program.',
  ]);
});
