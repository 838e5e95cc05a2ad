import { expect, test } from 'vitest';
import { synFlood } from '../../../src/analysis/checks/syn-flood.ts';
import { inet } from '../../support/builders.ts';
import { found, many, type Scene } from './support.ts';

const halfOpen = (number: number) =>
  inet('192.0.2.1:80', `10.0.${number >> 8}.${number & 255}:4000`, {
    state: 'SYN_RECV',
    inode: null,
  });

const said = (scene: Scene) =>
  found(synFlood, scene).map(({ severity, title }) => `${severity}: ${title}`);

const before = { 'TcpExt.SyncookiesSent': 100, 'TcpExt.TCPReqQFullDrop': 5 };
const cookies = 'warning: a SYN queue is full: the kernel answers with SYN cookies';
const unfinished = 'handshakes left unfinished';

test.each<[string, Scene, readonly string[]]>([
  ['nothing is no finding', {}, []],
  [
    'a busy server with far clients is none: other handshakes are there a second later',
    {
      sockets: many(500, halfOpen),
      before: { sockets: many(500, (number) => halfOpen(number + 1000)) },
    },
    [],
  ],
  ['99 that last are none', { sockets: many(99, halfOpen) }, []],
  [
    '100 that last are one',
    { sockets: many(100, halfOpen) },
    [`warning: 192.0.2.1:80: 100 ${unfinished}`],
  ],
  [
    'where new ones are dropped it is critical',
    {
      sockets: many(100, halfOpen),
      counters: { 'TcpExt.TCPReqQFullDrop': 6 },
      before: { counters: { 'TcpExt.TCPReqQFullDrop': 5 } },
    },
    [`critical: 192.0.2.1:80: 100 ${unfinished}`],
  ],
  ['cookies of long ago are none', { counters: before }, []],
  [
    'a few cookies are none',
    {
      counters: { ...before, 'TcpExt.SyncookiesSent': 119 },
      before: { counters: before },
    },
    [],
  ],
  [
    'cookies now are one, though no half-open connection is kept',
    {
      counters: { ...before, 'TcpExt.SyncookiesSent': 120 },
      before: { counters: before },
    },
    [cookies],
  ],
  [
    'cookies that are always sent mean nothing',
    {
      counters: { ...before, 'TcpExt.SyncookiesSent': 5000 },
      before: { counters: before },
      facts: { synCookies: 2 },
    },
    [],
  ],
  [
    'a full queue without cookies drops',
    {
      counters: { ...before, 'TcpExt.TCPReqQFullDrop': 6 },
      before: { counters: before },
    },
    ['critical: new connections are dropped at a full SYN queue'],
  ],
])('%s', (_, scene, expected) => {
  expect(said(scene)).toEqual(expected);
});

test('cookies sent for servers that a filter leaves out are none', () => {
  const scene = {
    counters: { 'TcpExt.SyncookiesSent': 900 },
    before: { counters: { 'TcpExt.SyncookiesSent': 100 } },
  };
  expect(found(synFlood, scene)).toHaveLength(1);
  expect(found(synFlood, { ...scene, rest: { isFiltered: true } })).toEqual([]);
});

test('if cookies are off, the remedy begins with that', () => {
  const [finding] = found(synFlood, { sockets: many(100, halfOpen), facts: { synCookies: 0 } });
  expect(finding?.remedy).toMatch(/^SYN cookies are off here/);
  expect(finding?.seen).toMatchObject({ halfOpen: 100, senders: 100 });
});
