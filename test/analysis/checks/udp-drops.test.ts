import { expect, test } from 'vitest';
import { udpDrops } from '../../../src/analysis/checks/udp-drops.ts';
import { inet } from '../../support/builders.ts';
import { found, type Scene } from './support.ts';

const server = (drops: number | null, inode = 7) =>
  inet('0.0.0.0:53', '0.0.0.0:0', { protocol: 'udp', drops, inode });

const said = (scene: Scene) =>
  found(udpDrops, scene).map(({ severity, observations }) => `${severity}: ${observations[0]}`);

test.each<[string, Scene, readonly string[]]>([
  ['a socket that dropped nothing is no finding', { sockets: [server(0)] }, []],
  ['a socket without a count of drops is none', { sockets: [server(null)] }, []],
  ['drops of long ago are none', { sockets: [server(500)] }, []],
  [
    'very many of long ago are a note',
    { sockets: [server(10_000)] },
    ['note: It dropped 10,000 packets since it was opened, almost none within the last second.'],
  ],
  ['a few now are none', { sockets: [server(504)], before: { sockets: [server(500)] } }, []],
  [
    'five now are one',
    { sockets: [server(505)], before: { sockets: [server(500)] } },
    ['warning: It dropped 5 packets within 1.0 s, 505 since it was opened.'],
  ],
  [
    'one that had dropped nothing before',
    { sockets: [server(9)], before: { sockets: [server(0)] } },
    ['warning: It dropped 9 packets within 1.0 s, 9 since it was opened.'],
  ],
  [
    'a thousand now are critical',
    { sockets: [server(1500)], before: { sockets: [server(500)] } },
    ['critical: It dropped 1,000 packets within 1.0 s, 1,500 since it was opened.'],
  ],
])('%s', (_, scene, expected) => {
  expect(said(scene)).toEqual(expected);
});
