import { expect, test } from 'vitest';
import { nameServers } from '../../../src/analysis/checks/name-servers.ts';
import type { Route } from '../../../src/model/machine/route.ts';
import type { Socket } from '../../../src/model/socket/socket.ts';
import { keepV6only } from '../../../src/model/socket/v6only.ts';
import { inet, interfaceAddress, netInterface, route } from '../../support/builders.ts';
import { found } from './support.ts';

const lo = netInterface('lo', { flags: ['UP', 'LOOPBACK', 'RUNNING'], flagBits: 73 });
const eth0 = netInterface('eth0', {
  ...{ flags: ['UP', 'RUNNING'], flagBits: 4163, index: 2 },
  addresses: [interfaceAddress('192.0.2.1', 24)],
});
const direct = route({ destination: '192.0.2.0', gateway: null, flags: 'U' });
const out = route({ destination: '0.0.0.0', prefixLength: 0 });
const refusing = route({ destination: '198.51.100.0', gateway: null, flags: '!', interface: null });
const over6 = route({ family: 'inet6', destination: '2001:db8::', prefixLength: 32 });
const at = (end: string): Socket =>
  inet(end, end.startsWith('[') ? '[::]:0' : '0.0.0.0:0', { protocol: 'udp', state: 'UNCONN' });

const overTcp = (end: string): Socket => inet(end, '0.0.0.0:0', { state: 'LISTEN' });
const boundTo = (device: string): Socket => ({ ...at('0.0.0.0:53'), device });

/** The same server, set to take IPv6 only. */
function only6(socket: Socket): Socket {
  if (socket.protocol !== 'unix') keepV6only(socket, Buffer.of(1));
  return socket;
}

interface Case {
  readonly servers: readonly string[];
  readonly routes?: readonly Route[];
  readonly sockets?: readonly Socket[];
  readonly isFirst?: boolean;
  readonly isAlone?: boolean;
  /** Another routing table has a default route of IPv4. */
  readonly isRuled?: boolean;
  readonly isOverTcp?: boolean;
}

function said(one: Case) {
  const { servers, routes = [out, direct], sockets = [], isFirst = true, isAlone, isRuled } = one;
  const { isOverTcp = false } = one;
  return found(nameServers, {
    sockets,
    facts: {
      nameservers: servers,
      nameserversOverTcp: isOverTcp,
      isFirstNetwork: isFirst,
      hasOtherDefaultRoute: isRuled === true,
    },
    rest: { routes, interfaces: isAlone ? [lo] : [lo, eth0] },
  }).map(({ severity, title }) => `${severity}: ${title}`);
}

const none = (names: string) => `no DNS server can be reached: ${names}`;

test.each<[string, Case, readonly string[]]>([
  ['a server that a route leads to is silent', { servers: ['198.51.100.53'] }, []],
  ['no server at all is silent', { servers: [] }, []],
  [
    'one that no route leads to',
    { servers: ['198.51.100.53'], routes: [direct] },
    [`critical: ${none('198.51.100.53')}`],
  ],
  [
    'another table may lead to it, if it is of IPv4',
    { servers: ['198.51.100.53', '2001:db8::53'], routes: [direct], isRuled: true },
    ['warning: 1 DNS server of 2 cannot be reached: 2001:db8::53'],
  ],
  [
    'one of two is a warning',
    { servers: ['192.0.2.53', '198.51.100.53'], routes: [direct] },
    ['warning: 1 DNS server of 2 cannot be reached: 198.51.100.53'],
  ],
  [
    'a route that refuses leads nowhere, whatever the default route says',
    { servers: ['198.51.100.53'], routes: [out, direct, refusing] },
    [`critical: ${none('198.51.100.53')}`],
  ],
  [
    'even if the default route comes last',
    { servers: ['198.51.100.53'], routes: [direct, refusing, out] },
    [`critical: ${none('198.51.100.53')}`],
  ],
  [
    'of two routes to one network the one of the smaller metric counts',
    {
      servers: ['198.51.100.53'],
      routes: [{ ...refusing, metric: 50 }, route({ destination: '198.51.100.0', metric: 20 })],
    },
    [],
  ],
  [
    'whichever comes first',
    {
      servers: ['198.51.100.53'],
      routes: [{ ...refusing, metric: 20 }, route({ destination: '198.51.100.0', metric: 50 })],
    },
    [`critical: ${none('198.51.100.53')}`],
  ],
  ['a route of IPv6', { servers: ['2001:db8::53'], routes: [over6] }, []],
  [
    'IPv4 does not lead to IPv6',
    { servers: ['2001:db9::53'], routes: [out, over6] },
    [`critical: ${none('2001:db9::53')}`],
  ],
  ['a stub that runs', { servers: ['127.0.0.53'], sockets: [at('127.0.0.53:53')] }, []],
  ['a resolver of every address', { servers: ['127.0.0.1'], sockets: [at('0.0.0.0:53')] }, []],
  [
    'one of every address of both families',
    { servers: ['127.0.0.1'], sockets: [at('[::]:53')] },
    [],
  ],
  [
    'one of every address of IPv6 only does not answer IPv4',
    { servers: ['127.0.0.1'], sockets: [only6(at('[::]:53'))] },
    [`critical: ${none('127.0.0.1')}`],
  ],
  ['but it answers IPv6', { servers: ['::1'], sockets: [only6(at('[::]:53'))] }, []],
  [
    'one of an address of IPv4 does not answer IPv6',
    { servers: ['::1'], sockets: [at('127.0.0.1:53'), at('0.0.0.0:53')] },
    [`critical: ${none('::1')}`],
  ],
  ['every address means this machine', { servers: ['0.0.0.0'], sockets: [at('127.0.0.1:53')] }, []],
  [
    'where somebody has to listen',
    { servers: ['0.0.0.0'], sockets: [] },
    [`critical: ${none('0.0.0.0')}`],
  ],
  [
    'one bound to another interface than loopback does not answer there',
    { servers: ['127.0.0.1'], sockets: [boundTo('eth0')] },
    [`critical: ${none('127.0.0.1')}`],
  ],
  [
    'it answers at an address of its interface',
    { servers: ['192.0.2.1'], sockets: [boundTo('eth0')] },
    [],
  ],
  [
    'one bound to loopback does not answer there',
    { servers: ['192.0.2.1'], sockets: [boundTo('lo')] },
    [`critical: ${none('192.0.2.1')}`],
  ],
  ['one bound to loopback does', { servers: ['127.0.0.1'], sockets: [boundTo('lo')] }, []],
  [
    'one of TCP does not answer UDP',
    { servers: ['127.0.0.1'], sockets: [overTcp('127.0.0.1:53')] },
    [`critical: ${none('127.0.0.1')}`],
  ],
  [
    'where servers are asked over TCP it answers',
    { servers: ['127.0.0.1'], sockets: [overTcp('127.0.0.1:53')], isOverTcp: true },
    [],
  ],
  [
    'and one of UDP does not',
    { servers: ['127.0.0.1'], sockets: [at('127.0.0.1:53')], isOverTcp: true },
    [`critical: ${none('127.0.0.1')}`],
  ],
  [
    'servers behind the third are not asked',
    { servers: ['127.0.0.1', '127.0.0.2', '127.0.0.3', '192.0.2.53'] },
    [`critical: ${none('127.0.0.1, 127.0.0.2, 127.0.0.3')}`],
  ],
  ['nor are they missed', { servers: ['192.0.2.51', '192.0.2.52', '192.0.2.53', '127.0.0.1'] }, []],
  [
    'a link-local address without a zone',
    { servers: ['192.0.2.53', 'fe80::1'] },
    ['warning: 1 DNS server of 2 cannot be reached: fe80::1'],
  ],
  ['a stub that does not run', { servers: ['127.0.0.53'] }, [`critical: ${none('127.0.0.53')}`]],
  [
    'a resolver at another address is not there',
    { servers: ['127.0.0.53'], sockets: [at('127.0.0.1:53')] },
    [`critical: ${none('127.0.0.53')}`],
  ],
  [
    'an own address is asked for a socket too',
    { servers: ['192.0.2.1'] },
    [`critical: ${none('192.0.2.1')}`],
  ],
  ["Docker's is elsewhere", { servers: ['127.0.0.11'] }, []],
  ['a zone that is up', { servers: ['fe80::1%eth0'] }, []],
  ['it can be a number', { servers: ['fe80::1%2'] }, []],
  [
    'a zone that is not there',
    { servers: ['fe80::1%wlan0'] },
    [`critical: ${none('fe80::1%wlan0')}`],
  ],
  [
    'a namespace without a default route is cut off on purpose: a note',
    { servers: ['198.51.100.53'], routes: [direct], isFirst: false },
    [`note: ${none('198.51.100.53')}`],
  ],
  [
    'with one, it is as bad there as anywhere',
    { servers: ['127.0.0.53'], isFirst: false },
    [`critical: ${none('127.0.0.53')}`],
  ],
  [
    'one with loopback alone is silent',
    { servers: ['127.0.0.53'], routes: [], isFirst: false, isAlone: true },
    [],
  ],
])('%s', (_, one, expected) => {
  expect(said(one)).toEqual(expected);
});

test('says of each server why it is out of reach, and where to look', () => {
  const [finding] = found(nameServers, {
    facts: { nameservers: ['fe80::1', 'fe80::1%eth9', '198.51.100.53'] },
    rest: { routes: [direct], interfaces: [lo, eth0] },
  });
  expect(finding?.observations).toEqual([
    'fe80::1: a link-local address needs an interface (fe80::1%IFACE).',
    'fe80::1%eth9: there is no interface eth9 that is up.',
    '198.51.100.53: no route leads to it.',
  ]);
  expect(finding?.command).toEqual(['-rn']);
  expect(finding?.certainty).toBe('likely');
  expect(finding?.why).toContain('Temporary failure in name resolution');
});

test('a stub that does not run is sure, and the resolver is what to start', () => {
  const [finding] = found(nameServers, {
    facts: { nameservers: ['127.0.0.53', '198.51.100.53', '192.0.2.53'] },
    rest: { routes: [direct], interfaces: [lo, eth0] },
  });
  expect(finding?.observations).toEqual([
    '127.0.0.53: it is an address of this machine, and no process receives at UDP port 53 there.',
    '198.51.100.53: no route leads to it.',
  ]);
  expect(finding?.certainty).toBe('sure');
  expect(finding?.remedy).toMatch(/^Start the resolver/);
  expect(finding?.command?.join(' ')).toBe('-ulnp sport = :53');
  expect(finding?.why).toMatch(/^Each look-up passes over such a server/);
});
