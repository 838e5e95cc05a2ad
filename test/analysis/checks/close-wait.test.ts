import { expect, test } from 'vitest';
import { closeWait } from '../../../src/analysis/checks/close-wait.ts';
import type { InetSocket } from '../../../src/model/socket/socket.ts';
import { inet, owner } from '../../support/builders.ts';
import { found, many, type Scene } from './support.ts';

const kept =
  (pid: number | null, changes: Partial<InetSocket> = {}) =>
  (number: number) =>
    inet('127.0.0.1:80', `127.0.0.1:${40_000 + number}`, {
      state: 'CLOSE_WAIT',
      inode: 100 + number,
      ...(pid === null
        ? { owners: [], noOwner: 'denied' as const }
        : { owners: [owner(pid, 'app')] }),
      ...changes,
    });

const outgoing = (number: number) =>
  inet(`192.0.2.1:${40_000 + number}`, '192.0.2.9:443', {
    ...{ state: 'CLOSE_WAIT', inode: 100 + number, owners: [], noOwner: 'denied' },
  });

const said = (scene: Scene) =>
  found(closeWait, scene).map(({ severity, title }) => `${severity}: ${title}`);

const title = (pid: number, count: string) =>
  `app (PID ${pid}) keeps ${count} connections that the peer has closed`;

test.each<[string, Scene, readonly string[]]>([
  ['none is no finding', {}, []],
  ['a few are none', { sockets: many(19, kept(7)) }, []],
  ['twenty of one program are one', { sockets: many(20, kept(7)) }, [`warning: ${title(7, '20')}`]],
  [
    'twenty of ten programs are none',
    { sockets: many(20, (number) => kept(number % 10)(number)) },
    [],
  ],
  [
    'those that came just now are none',
    { sockets: many(50, kept(7)), before: { sockets: [] } },
    [],
  ],
  [
    'those that are not accepted yet are none',
    { sockets: many(50, kept(7, { inode: null, owners: [], noOwner: 'none' })) },
    [],
  ],
  ['a thousand are critical', { sockets: many(1000, kept(7)) }, [`critical: ${title(7, '1,000')}`]],
  [
    'of two programs the one with more comes first',
    { sockets: [...many(20, kept(7)), ...many(30, (n) => kept(8)(n + 100))] },
    [`warning: ${title(8, '30')}`, `warning: ${title(7, '20')}`],
  ],
  [
    'reports the port if the program may not be seen',
    { sockets: many(20, kept(null)) },
    ['warning: the program at port 80 keeps 20 connections that the peer has closed'],
  ],
  [
    'the port of a server may be above those of its clients',
    {
      sockets: many(20, (number) => ({
        ...kept(null)(number),
        local: { address: '127.0.0.1', port: 50_051, zone: null },
      })),
    },
    ['warning: the program at port 50051 keeps 20 connections that the peer has closed'],
  ],
  [
    'of clients it reports the server: each has another port',
    { sockets: many(20, outgoing) },
    [
      'warning: the program connected to 192.0.2.9:443 keeps 20 connections that the peer has closed',
    ],
  ],
  [
    'connections in other states are none',
    { sockets: many(50, kept(7, { state: 'ESTABLISHED' })) },
    [],
  ],
])('%s', (_, scene, expected) => {
  expect(said(scene)).toEqual(expected);
});

test('looks up owners only if there are enough sockets to report', () => {
  const look = (count: number) => ({
    sockets: many(count, kept(7)),
    groups: new Map(),
    counters: [],
    system: { values: {}, missing: {} },
  });
  expect(closeWait.ownersOf?.(look(19), { count: 20 })).toEqual([]);
  expect(closeWait.ownersOf?.(look(20), { count: 20 })).toHaveLength(20);
});

test('connections not yet accepted are none of those that came since, even if owners cannot be seen', () => {
  const accepted = many(30, kept(null));
  const waiting = many(50, (n) => kept(7, { inode: null, owners: [], noOwner: 'none' })(n + 100));
  const before = { sockets: [...accepted.slice(5), ...waiting] };
  const [finding] = found(closeWait, { sockets: [...accepted, ...waiting], before });
  expect(finding?.seen).toMatchObject({ count: 25, new: 5 });
});

test('the command lists the connections, whoever holds them', () => {
  const commandOf = (sockets: Scene['sockets']) =>
    found(closeWait, { sockets: sockets ?? [] })[0]
      ?.command?.slice(3)
      .join(' ');
  expect(commandOf(many(20, kept(7)))).toBe('and pid = 7');
  expect(commandOf(many(20, kept(null)))).toBe('and sport = :80');
  expect(commandOf(many(20, outgoing))).toBe('and dst = 192.0.2.9:443');
});

test('is sure of a process that is seen', () => {
  const [seen] = found(closeWait, { sockets: many(20, kept(7)) });
  expect(seen?.certainty).toBe('sure');
  const [unseen] = found(closeWait, { sockets: many(20, kept(null)) });
  expect(unseen?.certainty).toBe('likely');
});
