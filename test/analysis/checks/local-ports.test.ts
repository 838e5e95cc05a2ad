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
