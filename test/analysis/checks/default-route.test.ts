import { expect, test } from 'vitest';
import { defaultRoute } from '../../../src/analysis/checks/default-route.ts';
import type { Evidence } from '../../../src/analysis/checks/index.ts';
import type { NetInterface } from '../../../src/model/machine/interface.ts';
import type { Route } from '../../../src/model/machine/route.ts';
import { interfaceAddress, netInterface, route } from '../../support/builders.ts';
import { found, type Scene } from './support.ts';

const up = ['UP', 'BROADCAST', 'RUNNING', 'MULTICAST'];
const lo = netInterface('lo', {
  ...{ flags: ['UP', 'LOOPBACK', 'RUNNING'], flagBits: 73 },
  addresses: [interfaceAddress('127.0.0.1', 8)],
});
const link = (name: string, changes: Partial<NetInterface> = {}) =>
  netInterface(name, {
    ...{ flags: up, flagBits: 4163, addresses: [interfaceAddress('192.0.2.1', 24)] },
    ...changes,
  });
const eth0 = link('eth0');
const down = link('eth0', { flags: ['BROADCAST'], flagBits: 4098 });
const bare = link('eth0', { addresses: [interfaceAddress('fe80::1', 64)] });
const deaf = link('eth0', { flags: ['UP', 'BROADCAST'] });

const direct = route({ destination: '192.0.2.0', gateway: null, flags: 'U' });
const out = (changes: Partial<Route> = {}) =>
  route({ destination: '0.0.0.0', prefixLength: 0, gateway: '192.0.2.254', ...changes });
const refused = route({
  ...{ family: 'inet6', destination: '::', prefixLength: 0, gateway: null },
  ...{ interface: 'lo', flags: '!n' },
});

type Network = 'machine' | 'own' | 'other';

function said(
  interfaces: readonly NetInterface[],
  routes: readonly Route[],
  network: Network = 'machine',
  rest: Partial<Scene> & { readonly platform?: Evidence['platform'] } = {},
): readonly string[] {
  const { platform = 'linux', facts, ...scene } = rest;
  return found(defaultRoute, {
    ...scene,
    facts: { isFirstNetwork: network === 'machine', ...facts },
    ...(network === 'other' && { netns: { inode: 5, name: 'web', own: false } }),
    rest: { interfaces, routes, platform },
  }).map(({ severity, title }) => `${severity}: ${title}`);
}

const lost = 'there is no default route';

test.each<[string, readonly NetInterface[], readonly Route[], Network, readonly string[]]>([
  ['a network with a default route is silent', [lo, eth0], [out(), direct], 'machine', []],
  [
    'so is one whose default route is of IPv6',
    [lo, eth0],
    [out({ family: 'inet6', destination: '::' })],
    'machine',
    [],
  ],
  [
    'an address and no default route',
    [lo, eth0],
    [direct, refused],
    'machine',
    [`warning: ${lost}`],
  ],
  ['in a container that is a note', [lo, eth0], [direct], 'own', [`note: ${lost}`]],
  ['in another namespace it is silent', [lo, eth0], [direct], 'other', []],
  [
    'a default route that refuses is none',
    [lo, eth0],
    [out({ flags: '!', interface: null, gateway: null })],
    'machine',
    [`warning: ${lost}`],
  ],
  [
    'two halves of all addresses are a default route',
    [lo, eth0],
    [
      out({ prefixLength: 1, destination: '0.0.0.0' }),
      out({ prefixLength: 1, destination: '128.0.0.0' }),
    ],
    'machine',
    [],
  ],
  [
    'one half is none',
    [lo, eth0],
    [out({ prefixLength: 1, destination: '128.0.0.0' })],
    'machine',
    [`warning: ${lost}`],
  ],
  [
    'halves of two families are none',
    [lo, eth0],
    [
      out({ prefixLength: 1, destination: '128.0.0.0' }),
      out({ family: 'inet6', prefixLength: 1, destination: '::' }),
    ],
    'machine',
    [`warning: ${lost}`],
  ],
  [
    'two quarters are none',
    [lo, eth0],
    [
      out({ prefixLength: 2, destination: '0.0.0.0' }),
      out({ prefixLength: 2, destination: '128.0.0.0' }),
    ],
    'machine',
    [`warning: ${lost}`],
  ],
  [
    'all global addresses of IPv6 are a default route',
    [lo, eth0],
    [out({ family: 'inet6', prefixLength: 3, destination: '2000::' })],
    'machine',
    [],
  ],
  [
    'as many others are none',
    [lo, eth0],
    [out({ family: 'inet6', prefixLength: 3, destination: 'c000::' })],
    'machine',
    [`warning: ${lost}`],
  ],
  [
    'nor is a part of them',
    [lo, eth0],
    [out({ family: 'inet6', prefixLength: 4, destination: '2000::' })],
    'machine',
    [`warning: ${lost}`],
  ],
  ['a namespace with loopback alone is silent', [lo], [], 'own', []],
  [
    'so is one whose flags are not known',
    [netInterface('lo', { index: 1, addresses: [interfaceAddress('127.0.0.1', 8)] })],
    [],
    'own',
    [],
  ],
  [
    'a machine with loopback alone is cut off',
    [lo],
    [],
    'machine',
    ['critical: no interface but loopback is up'],
  ],
  ['a card that is down', [lo, down], [], 'machine', ['critical: no interface but loopback is up']],
  [
    "the kernel's own tunnels are no cards",
    [lo, link('sit0', { addresses: [] })],
    [],
    'machine',
    ['critical: no interface but loopback is up'],
  ],
  [
    'no address in a container is a note',
    [lo, bare],
    [],
    'own',
    ['note: no interface has an address: eth0'],
  ],
  ['no address', [lo, bare], [], 'machine', ['critical: no interface has an address: eth0']],
  [
    'an address of the link beside another is no lack',
    [
      lo,
      link('eth0', {
        addresses: [interfaceAddress('fe80::1', 64), interfaceAddress('192.0.2.1', 24)],
      }),
    ],
    [direct],
    'machine',
    [`warning: ${lost}`],
  ],
  [
    'an address that a link gives itself for lack of another',
    [lo, link('eth0', { addresses: [interfaceAddress('169.254.7.1', 16)] })],
    [],
    'machine',
    ['critical: no interface has an address: eth0'],
  ],
  [
    'a link of IPv6 without a carrier',
    [lo, deaf],
    [out({ family: 'inet6', destination: '::', gateway: 'fe80::9' })],
    'machine',
    ['critical: the default route (IPv6) by fe80::9 on eth0 leads to a link without a carrier'],
  ],
  [
    'a link without a carrier',
    [lo, deaf],
    [out()],
    'machine',
    ['critical: the default route (IPv4) by 192.0.2.254 on eth0 leads to a link without a carrier'],
  ],
  [
    'with another way out it is a warning',
    [lo, deaf, link('wlan0')],
    [out(), out({ interface: 'wlan0', metric: 600 })],
    'machine',
    ['warning: the default route (IPv4) by 192.0.2.254 on eth0 leads to a link without a carrier'],
  ],
  ['where no interface could be read nothing is said', [], [], 'machine', []],
])('%s', (_, interfaces, routes, network, expected) => {
  expect(said(interfaces, routes, network)).toEqual(expected);
});

test('one in another routing table counts, but not without an interface or an address', () => {
  const facts = { hasOtherDefaultRoute: true };
  expect(said([lo, eth0], [direct], 'machine', { facts })).toEqual([]);
  expect(said([lo, down], [], 'machine', { facts })).toHaveLength(1);
  expect(said([lo, bare], [], 'machine', { facts })).toHaveLength(1);
});

const silent = { silentNeighbours: [{ address: '192.0.2.254', interface: 'eth0' }] };

test('reports a gateway that does not answer in both readings', () => {
  expect(said([lo, eth0], [out()], 'machine', { facts: silent })).toEqual([
    'critical: the gateway 192.0.2.254 does not answer on eth0',
  ]);
});

test('one that is being asked for just now is not, nor is one that has answered since', () => {
  const none = { facts: { silentNeighbours: [] } };
  expect(said([lo, eth0], [out()], 'machine', { facts: silent, before: none })).toEqual([]);
  expect(said([lo, eth0], [out()], 'machine', { ...none, before: { facts: silent } })).toEqual([]);
});

test.each([
  { address: '192.0.2.7', interface: 'eth0' },
  { address: '192.0.2.254', interface: 'eth1' },
])('a neighbour that is no gateway is not: $address on $interface', (neighbour) => {
  const facts = { silentNeighbours: [neighbour] };
  expect(said([lo, eth0], [out()], 'machine', { facts })).toEqual([]);
});

test('one behind a link without a carrier cannot answer: the link is what is reported', () => {
  expect(said([lo, deaf], [out()], 'machine', { facts: silent })).toEqual([
    'critical: the default route (IPv4) by 192.0.2.254 on eth0 leads to a link without a carrier',
  ]);
});

test('the own network among several is as any', () => {
  const facts = { isFirstNetwork: true };
  const scene = { facts, rest: { interfaces: [lo, eth0], routes: [direct] } };
  const own = { ...scene, netns: { inode: 1, name: null, own: true } };
  expect(found(defaultRoute, own)).toEqual(found(defaultRoute, scene));
});

test.each<[string, readonly NetInterface[], readonly Route[], string]>([
  ['no card', [lo], [], 'There is no interface but loopback: the driver found no network card.'],
  ['a card that is down', [lo, down], [], 'eth0: down.'],
  [
    'routes to other networks',
    [lo, eth0, link('wlan0', { addresses: [] })],
    [direct],
    'eth0: up, with an address. The routing table has routes to some networks only.',
  ],
  [
    'no route at all',
    [lo, eth0],
    [],
    'eth0: up, with an address. The routing table has no routes.',
  ],
])('what is seen where there is no default route: %s', (_, interfaces, routes, observed) => {
  const facts = { isFirstNetwork: true };
  const [finding] = found(defaultRoute, { facts, rest: { interfaces, routes } });
  expect(finding?.observations).toEqual([observed]);
});

test('on macOS and Windows, RUNNING is no carrier', () => {
  expect(said([lo, deaf], [out()], 'machine', { platform: 'darwin' })).toEqual([]);
});

test.each<[string, NetInterface, readonly Route[]]>([
  ['a link that is down', link('x;`id`', { flags: ['BROADCAST'], flagBits: 4098 }), []],
  ['one without a carrier', link('x;`id`', { flags: ['UP'] }), [out({ interface: 'x;`id`' })]],
])('what is to be typed about %s is quoted for the shell', (_, one, routes) => {
  const scene = { facts: { isFirstNetwork: true }, rest: { interfaces: [lo, one], routes } };
  const [finding] = found(defaultRoute, scene);
  expect(finding?.remedy).toMatch(/`ip link (show|set) 'x;`id`'/);
});

test.each([
  ['linux', 'lspci', 'ip link set eth0 up', 'journalctl', 'ip route add default via GATEWAY'],
  ['darwin', 'networksetup', 'ifconfig eth0 up', 'ipconfig getpacket', 'route add default GATEWAY'],
  ['win32', 'pnputil', 'netsh interface set', 'ipconfig /renew', 'route add 0.0.0.0 mask'],
] as const)('names commands that there are on %s', (platform, noCard, isDown, noAddress, noWay) => {
  const remedy = (interfaces: readonly NetInterface[]) =>
    found(defaultRoute, {
      facts: { isFirstNetwork: true },
      rest: { interfaces, routes: [direct], platform },
    }).map((one) => one.remedy);
  expect(remedy([lo])).toEqual([expect.stringContaining(noCard)]);
  expect(remedy([lo, down])).toEqual([expect.stringContaining(isDown)]);
  expect(remedy([lo, bare])).toEqual([expect.stringContaining(noAddress)]);
  expect(remedy([lo, eth0])).toEqual([expect.stringContaining(noWay)]);
});

test('a route without a gateway is named by its interface', () => {
  const [finding] = said([lo, deaf], [out({ gateway: null, interface: 'eth0' })]);
  expect(finding).toContain('the default route (IPv4) by eth0');
});
