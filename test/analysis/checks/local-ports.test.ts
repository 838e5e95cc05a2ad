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

test('sockets are read again only if a path may have that many', () => {
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
