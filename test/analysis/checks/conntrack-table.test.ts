import { expect, test } from 'vitest';
import { conntrackTable } from '../../../src/analysis/checks/conntrack-table.ts';
import { found, type Scene } from './support.ts';

const scene = (count: number, dropped = 0, forgotten = 0, failed = 0): Scene => ({
  facts: { conntrack: { count, limit: 1000 }, conntrackDrops: { dropped, failed, forgotten } },
});

const said = (now: Scene, before: Scene = scene(0)) =>
  found(conntrackTable, { ...now, before: { facts: before.facts ?? {} } }).map(
    ({ severity, title }) =>
      `${severity}: ${title.replace("the firewall's table of connections is ", '')}`,
  );

test.each<[string, Scene, Scene, readonly string[]]>([
  ['a table with room is silent', scene(799), scene(0), []],
  ['80 % is a warning', scene(800), scene(0), ['warning: 80 % full']],
  ['a full one is critical', scene(1000), scene(0), ['critical: full']],
  [
    'packets that are dropped now are critical, though there is room again',
    scene(500, 7),
    scene(990, 3),
    ['critical: 50 % full'],
  ],
  [
    'packets dropped near the limit are critical',
    scene(990, 7),
    scene(500, 3),
    ['critical: 99 % full'],
  ],
  [
    'packets of one connection that raced found room',
    scene(500, 43_000, 0, 43_000),
    scene(400, 10, 0, 10),
    [],
  ],
  [
    'of such packets and others, the others count',
    scene(999, 50, 0, 40),
    scene(999, 20, 0, 20),
    ['critical: 99 % full'],
  ],
  ['failures that dropped nothing take nothing away', scene(500, 7, 0, 9), scene(500, 7), []],
  [
    'packets that are dropped while there is room are a warning',
    scene(500, 7),
    scene(500, 3),
    ['warning: 50 % full'],
  ],
  ['packets that were dropped long ago are silent', scene(500, 7), scene(500, 7), []],
  [
    'connections that are forgotten early are a warning',
    scene(500, 0, 9),
    scene(500, 0, 8),
    ['warning: 50 % full'],
  ],
  [
    'reports the table without the counts of what was dropped',
    { facts: { conntrack: { count: 900, limit: 1000 }, conntrackDrops: null } },
    scene(0),
    ['warning: 90 % full'],
  ],
])('%s', (_, now, before, expected) => {
  expect(said(now, before)).toEqual(expected);
});

test('the threshold can be set', () => {
  expect(said({ ...scene(500), set: { full: 50 } })).toEqual(['warning: 50 % full']);
});

test('packets are dropped for want of room only where there is none', () => {
  const of = (now: Scene, before: Scene) => {
    const [finding] = found(conntrackTable, { ...now, before: { facts: before.facts ?? {} } });
    return [finding?.certainty, finding?.observations[1]];
  };
  expect(of(scene(1000, 7), scene(1000, 3))).toEqual([
    'sure',
    '4 packets found no room and were dropped within 1.0 s.',
  ]);
  expect(of(scene(500, 7), scene(500, 3))).toEqual([
    'worth a look',
    "4 packets were dropped within 1.0 s, although there is room: the limit of the machine's first network may be lower, or they did not fit their connections.",
  ]);
});
