import { expect, test } from 'vitest';
import { judgedForwards, type ServersElsewhere } from '../../src/analysis/service-forwards.ts';
import type { WarnedTable, Warning } from '../../src/model/report/snapshot.ts';
import type { Exposure } from '../../src/model/socket/exposure.ts';
import type { PortForward } from '../../src/model/socket/port-forward.ts';
import type { InetSocket } from '../../src/model/socket/socket.ts';
import { inet } from '../support/builders.ts';

const web = { inode: 5, name: 'web', own: false };
const db = { inode: 6, name: 'db', own: false };
const forward: PortForward = {
  ...{ protocol: 'tcp', hostAddress: null, hostPort: 8081, address: '172.20.0.2', port: 80 },
  netns: web,
};

const exposed = (kind: Exposure['kind'], ...published: readonly PortForward[]): Exposure => ({
  kind,
  published: published.map(({ netns: _, ...one }) => ({ ...one, workload: null })),
  reason: null,
});
const server = (local: string, exposure: Exposure, changes: Partial<InetSocket> = {}) =>
  inet(local, '0.0.0.0:0', { netns: web, exposure, ...changes });

const serving = server('0.0.0.0:80', exposed('published', forward));
const local = server('127.0.0.1:80', exposed('loopback'));
const atOther = server('0.0.0.0:8080', exposed('internal'));
const unclear = server('172.20.0.3:80', exposed('unknown'));
const whole = (...servers: readonly InetSocket[]): ServersElsewhere => ({ servers, lacking: [] });
const unread = (...tables: readonly WarnedTable[]): Warning => ({
  ...{ code: 'forbidden', message: 'no', source: 'T', tables },
});

test.each<
  [string, Partial<PortForward>, ServersElsewhere | null, boolean | null, readonly InetSocket[]]
>([
  ['a server that takes it', {}, whole(local, serving), true, [serving]],
  ['one on loopback', {}, whole(atOther, local), false, [local]],
  ['one at another port', {}, whole(atOther), false, [atOther]],
  ['nobody', {}, whole(), false, []],
  [
    'one at another port, of which that is not known',
    {},
    whole(server('0.0.0.0:8080', exposed('unknown'))),
    false,
    [server('0.0.0.0:8080', exposed('unknown'))],
  ],
  [
    'one that takes another port of the host',
    {},
    whole(server('0.0.0.0:80', exposed('published', { ...forward, hostPort: 8082 }))),
    false,
    [server('0.0.0.0:80', exposed('published', { ...forward, hostPort: 8082 }))],
  ],
  ['one that takes it by another protocol', {}, whole({ ...serving, protocol: 'udp' }), false, []],
  ['one of another protocol', {}, whole({ ...local, protocol: 'udp' }), false, []],
  ['one in another network namespace', {}, whole({ ...local, netns: db }), false, []],
  [
    'one that takes the port of another address of the host',
    {},
    whole(server('0.0.0.0:80', exposed('published', { ...forward, hostAddress: '192.0.2.1' }))),
    false,
    [server('0.0.0.0:80', exposed('published', { ...forward, hostAddress: '192.0.2.1' }))],
  ],
  ['one at the port, that is not known to take it', {}, whole(unclear), null, []],
  ['no network namespace that is known', { netns: null }, whole(atOther), null, []],
  [
    'one of a user who may not see its number or name',
    { netns: { inode: null, name: null, own: false } },
    whole(atOther),
    null,
    [],
  ],
  ['one that could not be read', {}, { servers: [], lacking: [unread()] }, null, []],
  [
    'one of a table that could not be read',
    {},
    { servers: [], lacking: [unread({ protocol: 'tcp', family: 'inet6' })] },
    null,
    [],
  ],
  [
    'nobody, whatever is in another table',
    {},
    { servers: [], lacking: [unread({ protocol: 'udp' })] },
    false,
    [],
  ],
  [
    'some that were read in part, but who takes it',
    {},
    { servers: [serving], lacking: [unread()] },
    true,
    [serving],
  ],
  ['none that may be read', {}, null, null, []],
])('where a port leads there is %s', (_, changes, elsewhere, isServed, servers) => {
  const one = { ...forward, ...changes };
  expect(judgedForwards([one], elsewhere)).toEqual([{ ...one, isServed, servers }]);
});

test('of several ports at one address one server is enough', () => {
  const next = { ...forward, port: 81 };
  const other = { ...forward, address: '172.20.0.3' };
  const judged = judgedForwards([forward, next, other], whole(serving));
  expect(judged.map(({ isServed }) => isServed)).toEqual([true, null, false]);
});

test('of very many servers some are kept', () => {
  const many = Array.from({ length: 30 }, () => atOther);
  expect(judgedForwards([forward], whole(...many))[0]?.servers).toHaveLength(20);
});
