import { expect, test } from 'vitest';
import { goneAddresses } from '../../../src/analysis/checks/gone-addresses.ts';
import type { Exposure } from '../../../src/model/socket/exposure.ts';
import type { InetSocket } from '../../../src/model/socket/socket.ts';
import { inet, owner } from '../../support/builders.ts';
import { found } from './support.ts';

const nowhere: Exposure = { kind: 'nowhere', published: [], reason: null };
const host: Exposure = { ...nowhere, kind: 'host' };
const udp = { protocol: 'udp', state: 'UNCONN' } as const;

const server = (end: string, changes: Partial<InetSocket> = {}): InetSocket =>
  inet(end, end.startsWith('[') ? '[::]:0' : '0.0.0.0:0', {
    ...{ owners: [owner(7, 'nginx')], exposure: nowhere },
    ...changes,
  });

const titles = (sockets: readonly InetSocket[]) =>
  found(goneAddresses, { sockets }).map(({ severity, title }) => `${severity}: ${title}`);

const noAddress = 'this network does not have its address';

test.each<[string, readonly InetSocket[], readonly string[]]>([
  [
    'an address',
    [server('10.66.0.9:80')],
    [`warning: nobody can reach 10.66.0.9:80 (tcp): ${noAddress}`],
  ],
  [
    'one of IPv6, by UDP',
    [server('[2001:db8::9]:53', udp)],
    [`warning: nobody can reach [2001:db8::9]:53 (udp): ${noAddress}`],
  ],
  [
    'an interface',
    [server('0.0.0.0:80', { device: '5' })],
    [
      'warning: nobody can reach 0.0.0.0:80 (tcp): the interface that it is bound to, number 5, is gone',
    ],
  ],
  ['an address that is there', [server('10.66.0.1:80', { exposure: host })], []],
  ['one of which that is not known', [server('10.66.0.1:80', { exposure: null })], []],
])('a service that lacks %s', (_, sockets, expected) => {
  expect(titles(sockets)).toEqual(expected);
});

test('workers of one server are one finding', () => {
  const sockets = [7, 8].map((pid) => server('10.66.0.9:80', { owners: [owner(pid, 'nginx')] }));
  const [finding, ...others] = found(goneAddresses, { sockets });
  expect(others).toEqual([]);
  expect(finding?.observations).toEqual([
    'nginx (PID 7) and 1 other process listen there all the same.',
  ]);
  expect(finding?.seen).toEqual({ port: 80, sockets: 2 });
});

test('only servers at one address or on one interface are asked about', () => {
  const watched = (socket: InetSocket) =>
    goneAddresses.watches?.(socket, { system: { values: {}, missing: {} } });
  expect(watched(server('10.66.0.9:80'))).toBe(true);
  expect(watched(server('0.0.0.0:80', { device: 'eth0' }))).toBe(true);
  expect(watched(server('0.0.0.0:80'))).toBe(false);
  expect(watched(server('127.0.0.1:80'))).toBe(false);
  expect(watched(server('0.0.0.0:80', { device: 'lo' }))).toBe(false);
  expect(watched(inet('10.66.0.9:80', '10.66.0.2:4000', { state: 'ESTABLISHED' }))).toBe(false);
});
