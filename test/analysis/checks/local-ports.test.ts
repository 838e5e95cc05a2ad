import { expect, test } from 'vitest';
import { localPorts } from '../../../src/analysis/checks/local-ports.ts';
import type { InetSocket } from '../../../src/model/socket/socket.ts';
import { inet } from '../../support/builders.ts';
import { debian, found, many, type Scene } from './support.ts';

const range = { localPortRange: { first: 40_000, last: 40_099 } };
const client =
  (to: string, state: InetSocket['state'] = 'ESTABLISHED', from = '192.0.2.1') =>
  (number: number) =>
    inet(from.includes(':') ? `[${from}]:${40_000 + number}` : `${from}:${40_000 + number}`, to, {
      state,
    });

const said = (scene: Scene) =>
  found(localPorts, { facts: range, ...scene }).map(
    ({ severity, title }) => `${severity}: ${title}`,
  );

const taken = (share: number) => `${share} % of the local ports to 203.0.113.9:443 are taken`;
const there = '203.0.113.9:443';

test.each<[string, Scene, readonly string[]]>([
  ['nothing is no finding', {}, []],
  ['69 of 100 are none', { sockets: many(69, client(there)) }, []],
  ['70 of 100 are one', { sockets: many(70, client(there)) }, [`warning: ${taken(70)}`]],
  ['95 of 100 are critical', { sockets: many(95, client(there)) }, [`critical: ${taken(95)}`]],
  [
    'TIME_WAIT counts',
    { sockets: [...many(35, client(there)), ...many(70, client(there, 'TIME_WAIT')).slice(35)] },
    [`warning: ${taken(70)}`],
  ],
  [
    'two destinations have the ports each for itself',
    { sockets: [...many(60, client(there)), ...many(60, client('203.0.113.9:80'))] },
    [],
  ],
  [
    'two local addresses too',
    {
      sockets: [...many(60, client(there)), ...many(60, client(there, 'ESTABLISHED', '192.0.2.2'))],
    },
    [],
  ],
  [
    'what a server here has with its clients takes none',
    {
      sockets: many(95, (number) => inet('192.0.2.1:443', `203.0.113.9:${40_000 + number}`)),
    },
    [],
  ],
  [
    'ports outside of the range were chosen by the program',
    {
      sockets: many(95, (number) => inet(`192.0.2.1:${20_000 + number}`, there)),
    },
    [],
  ],
  [
    'reserved ports are none to be given',
    {
      sockets: many(50, client(there)),
      facts: { ...range, reservedPorts: [{ first: 40_060, last: 40_200 }] },
    },
    [`warning: ${taken(83)}`],
  ],
  [
    'IPv4 within IPv6 takes the same ports',
    {
      sockets: [
        ...many(40, client(there)),
        ...many(80, client('[::ffff:203.0.113.9]:443', 'ESTABLISHED', '::ffff:192.0.2.1')).slice(
          40,
        ),
      ],
    },
    [`warning: ${taken(80)}`],
  ],
])('%s', (_, scene, expected) => {
  expect(said(scene)).toEqual(expected);
});

const home = '127.0.0.2:443';
const nearly = (to: string) => [
  ...many(2, client(to)),
  ...many(98, client(to, 'TIME_WAIT')).slice(2),
];
const isNote =
  /^note: 98 % of the local ports to \S+ are taken, most in TIME_WAIT, from which connect/;
const isCritical = /^critical: 98 % of the local ports to \S+ are taken$/;

test.each<[string, string, { timeWaitReuse?: number; tcpTimestamps?: number }, RegExp]>([
  ['never', home, { timeWaitReuse: 0 }, isCritical],
  ['always', home, { timeWaitReuse: 1 }, isNote],
  ['always, elsewhere', there, { timeWaitReuse: 1 }, isNote],
  ['on loopback', home, { timeWaitReuse: 2 }, isNote],
  ['on loopback, over IPv6', '[::1]:443', { timeWaitReuse: 2 }, isNote],
  ['on loopback, but it leads elsewhere', there, { timeWaitReuse: 2 }, isCritical],
  [
    'always, but there are no timestamps',
    there,
    { timeWaitReuse: 1, tcpTimestamps: 0 },
    isCritical,
  ],
])('ports in TIME_WAIT that are reused %s', (_, to, facts, expected) => {
  expect(said({ sockets: nearly(to), facts: { ...range, ...facts } })).toEqual([
    expect.stringMatching(expected),
  ]);
});

test('where ports in TIME_WAIT are reused, the open connections alone are a problem', () => {
  const facts = { ...range, timeWaitReuse: 1 };
  const sockets = (open: number, all: number) => [
    ...many(open, client(there)),
    ...many(all, client(there, 'TIME_WAIT')).slice(open),
  ];
  expect(said({ sockets: sockets(60, 94), facts })).toEqual([]);
  expect(said({ sockets: sockets(60, 97), facts })).toEqual([
    expect.stringMatching(/^note: 97 % .*, some in TIME_WAIT, from which connect/),
  ]);
  const [finding] = found(localPorts, { sockets: sockets(72, 99), facts });
  expect(finding).toMatchObject({
    ...{ severity: 'warning', title: taken(72) },
    seen: { taken: 99, timeWait: 27, reusable: 27 },
    remedy: expect.stringMatching(/^Most are open/),
  });
});

test.each<[string, string, { timeWaitReuse: number; tcpTimestamps?: number }, string]>([
  ['elsewhere', there, { timeWaitReuse: 2 }, '`sysctl -w net.ipv4.tcp_tw_reuse=1` lets'],
  [
    'without timestamps',
    home,
    { timeWaitReuse: 2, tcpTimestamps: 0 },
    '`sysctl -w net.ipv4.tcp_timestamps=1` lets connect(2) reuse ports in TIME_WAIT of connections opened from then on after',
  ],
  [
    'with neither',
    there,
    { timeWaitReuse: 0, tcpTimestamps: 0 },
    '`sysctl -w net.ipv4.tcp_tw_reuse=1 net.ipv4.tcp_timestamps=1` lets connect(2) reuse ports in TIME_WAIT of connections opened from then on after',
  ],
])('the remedy sets what is not set yet: %s', (_, to, facts, remedy) => {
  const [finding] = found(localPorts, { sockets: nearly(to), facts: { ...range, ...facts } });
  expect(finding?.remedy).toContain(remedy);
});

test('the remedy is to keep connections if most have ended, else to look for a leak', () => {
  const [over] = found(localPorts, { facts: range, sockets: many(80, client(there, 'TIME_WAIT')) });
  expect(over?.remedy).toContain('keep-alive');
  const [open] = found(localPorts, { facts: range, sockets: many(80, client(there)) });
  expect(open?.remedy).toContain('leak');
});

test('sockets are read again only if that many ports are taken', () => {
  const scope = { system: { values: { ...debian, ...range }, missing: {} } };
  const settings = { used: 70, full: 95 };
  expect(localPorts.groupsIf?.(scope, settings, 69)).toBe(false);
  expect(localPorts.groupsIf?.(scope, settings, 70)).toBe(true);
  expect(localPorts.groupsIf?.(scope, settings, null)).toBe(true);
});

test('reports the destination with the most connections first', () => {
  const scene = { sockets: [...many(70, client('203.0.113.9:80')), ...many(90, client(there))] };
  expect(said(scene)).toEqual([
    `warning: ${taken(90)}`,
    'warning: 70 % of the local ports to 203.0.113.9:80 are taken',
  ]);
});

/** A connection whose port was bound before: to one of three destinations. */
const bound = (number: number) => client(`203.0.113.${number % 3}:443`)(number);
const boundAt = (own: string) => (number: number) =>
  client(`203.0.113.${number % 3}:443`, 'ESTABLISHED', own)(number);
/** One for which connect(2) has chosen the port: an even one, to the first destination. */
const plain = (number: number) => client('203.0.113.0:443')(number * 2);
const inAll = (share: number, at = '192.0.2.1') =>
  `${share} % of the local ports at ${at} are taken, whatever the destination`;
const isBound = { state: 'BOUND' } as const;

test.each<[string, Scene, readonly string[]]>([
  ['69 of 100 are none', { sockets: many(69, bound) }, []],
  ['70 of 100 are one', { sockets: many(70, bound) }, [`warning: ${inAll(70)}`]],
  ['95 of 100 are critical', { sockets: many(95, bound) }, [`critical: ${inAll(95)}`]],
  [
    'not those that another address has',
    {
      sockets: [
        ...many(60, bound),
        ...many(60, (n) => client(there, 'ESTABLISHED', '192.0.2.2')(n)),
      ],
    },
    [],
  ],
  [
    'those that look bound at several addresses, each with some left',
    { sockets: [...many(60, bound), ...many(80, boundAt('192.0.2.2')).slice(60)] },
    ['warning: 80 % of the local ports are bound at 2 addresses together'],
  ],
  [
    'all of them',
    { sockets: [...many(60, bound), ...many(95, boundAt('192.0.2.2')).slice(60)] },
    ['critical: 95 % of the local ports are bound at 2 addresses together'],
  ],
  [
    'a port that looks bound at both is one',
    { sockets: [...many(60, bound), ...many(60, boundAt('192.0.2.2'))] },
    [],
  ],
  [
    'nothing is said of several where one is as bad',
    { sockets: [...many(70, bound), ...many(80, boundAt('192.0.2.2')).slice(70)] },
    [`warning: ${inAll(70)}`],
  ],
  [
    'even ports that connections share take none',
    {
      sockets: many(3, (destination) =>
        many(50, (number) => client(`203.0.113.${destination}:443`)(number * 2)),
      ).flat(),
    },
    [],
  ],
  [
    'connect(2) shares even ports with a single connection too',
    {
      sockets: [...many(50, plain), ...many(50, (n) => client(`203.0.113.${n % 3}:80`)(2 * n + 1))],
    },
    [`warning: ${inAll(100)}`],
  ],
  [
    'most of them chosen by connect(2), and few others',
    { sockets: [...many(50, plain), ...many(24, (n) => client(`203.0.113.${n}:80`)(2 * n + 1))] },
    [],
  ],
  [
    'TIME_WAIT counts, whether or not connect(2) reuses it',
    {
      sockets: many(96, (number) => client(`203.0.113.${number % 3}:443`, 'TIME_WAIT')(number)),
      facts: { ...range, timeWaitReuse: 1 },
    },
    [`critical: ${inAll(96)}`],
  ],
  [
    'a destination with most of them is not hidden by a worse state of all',
    { sockets: many(96, (number) => client(number < 75 ? there : '203.0.113.9:80')(number)) },
    [`warning: ${taken(75)}`, `critical: ${inAll(96)}`],
  ],
  [
    'nothing is said of all where a destination is as bad',
    { sockets: many(90, (number) => client(number < 75 ? there : '203.0.113.9:80')(number)) },
    [`warning: ${taken(75)}`],
  ],
  [
    'reserved ports are none to be bound',
    {
      sockets: many(60, bound),
      facts: { ...range, reservedPorts: [{ first: 40_060, last: 40_200 }] },
    },
    [`critical: ${inAll(100)}`],
  ],
  [
    'what is only bound to all addresses blocks each',
    {
      sockets: [
        ...many(50, (number) => inet(`0.0.0.0:${40_000 + number}`, '0.0.0.0:0', isBound)),
        ...many(30, (number) => client('203.0.113.7:443')(50 + number)),
      ],
    },
    [`warning: ${inAll(80)}`],
  ],
  [
    'and is named once if it is most of them',
    {
      sockets: [
        ...many(80, (number) => inet(`0.0.0.0:${40_000 + number}`, '0.0.0.0:0', isBound)),
        client(there)(90),
      ],
    },
    [`warning: ${inAll(80, 'all addresses')}`],
  ],
  [
    'a server at one of the ports has only that one',
    {
      sockets: [
        inet('192.0.2.1:40007', '0.0.0.0:0'),
        ...many(95, (number) => inet('192.0.2.1:40007', `203.0.113.9:${20_000 + number}`)),
      ],
    },
    [],
  ],
])('at an address: %s', (_, scene, expected) => {
  expect(said(scene)).toEqual(expected);
});

test('the finding at an address counts what looks bound, and lists its holders first', () => {
  const [finding] = found(localPorts, {
    facts: range,
    sockets: [
      ...many(50, plain),
      ...many(50, (n) => client('203.0.113.1:80', 'TIME_WAIT')(2 * n + 1)),
    ],
  });
  expect(finding).toMatchObject({
    certainty: 'likely',
    seen: { taken: 100, bound: 50, ports: 100, timeWait: 50, destinations: 2 },
    observations: [
      '100 of the ports 40000 to 40099, of which 100 are usable, are held by connections from 192.0.2.1 to 2 destinations, 50 of them in TIME_WAIT.',
      '50 of these ports look bound before connect(2), which shares others between destinations.',
    ],
    socketCount: 100,
    command: ['-tanp', 'src', '192.0.2.1', 'and', 'sport', '>=', ':40000'],
  });
  expect(finding?.sockets[0]).toMatchObject({ remote: { address: '203.0.113.1' } });
});

test('the finding about several addresses names them, the one with most first', () => {
  const [finding] = found(localPorts, {
    facts: range,
    sockets: [...many(30, bound), ...many(96, boundAt('192.0.2.2')).slice(30)],
  });
  expect(finding).toMatchObject({
    certainty: 'likely',
    seen: { bound: 96, ports: 100, addresses: 2 },
    observations: [
      '96 of the ports 40000 to 40099, of which 100 are usable, look bound before connect(2): at 192.0.2.2 (66) and 192.0.2.1 (30).',
    ],
    socketCount: 96,
    command: ['-tanp', 'sport', '>=', ':40000'],
  });
});

test('of more addresses, those with most are named', () => {
  const sockets = many(96, (number) => boundAt(`192.0.2.${number % 7}`)(number));
  expect(found(localPorts, { facts: range, sockets })[0]?.observations).toEqual([
    '96 of the ports 40000 to 40099, of which 100 are usable, look bound before connect(2), the most at 192.0.2.0 (14), 192.0.2.1 (14), 192.0.2.2 (14), 192.0.2.3 (14) and 192.0.2.4 (14).',
  ]);
});

const udp =
  (address: string, to = '203.0.113.9:53') =>
  (number: number) =>
    inet(`${address}:${40_000 + number}`, to, { protocol: 'udp' });

test.each<[string, Scene, readonly string[]]>([
  ['69 of 100 are none', { sockets: many(69, udp('192.0.2.1')) }, []],
  [
    '70 of 100 are one, whatever the address',
    {
      sockets: [...many(40, udp('192.0.2.1')), ...many(70, udp('0.0.0.0', '0.0.0.0:0')).slice(40)],
    },
    ['warning, sure: 70 % of the local ports for UDP are taken'],
  ],
  [
    '95 of 100 are critical',
    { sockets: many(95, udp('[::ffff:192.0.2.1]', '[::ffff:203.0.113.9]:53')) },
    ['critical, sure: 95 % of the local ports for UDP are taken'],
  ],
  [
    'a socket of all IPv6 addresses may have the port of IPv4 too',
    { sockets: many(95, udp('[::]', '[::]:0')) },
    ['critical, likely: 95 % of the local ports for UDP are taken'],
  ],
  [
    'one of an IPv6 address has it not',
    { sockets: [...many(60, udp('[::1]', '[::1]:53')), ...many(80, udp('192.0.2.1')).slice(60)] },
    ['warning, sure: 80 % of the local ports for UDP over IPv6 are taken'],
  ],
  [
    'a port is one for all sockets that have it',
    { sockets: many(95, () => udp('0.0.0.0')(1)) },
    [],
  ],
  [
    'TCP has ports of its own',
    { sockets: [...many(60, udp('192.0.2.1')), ...many(60, bound)] },
    [],
  ],
])('UDP: %s', (_, scene, expected) => {
  const findings = found(localPorts, { facts: range, ...scene });
  expect(
    findings.map(({ severity, certainty, title }) => `${severity}, ${certainty}: ${title}`),
  ).toEqual(expected);
});
