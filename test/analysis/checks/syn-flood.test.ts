import { expect, test } from 'vitest';
import { synFlood } from '../../../src/analysis/checks/syn-flood.ts';
import { inet } from '../../support/builders.ts';
import { found, many, type Scene } from './support.ts';

const halfOpen = (number: number, retransmits = 1) =>
  inet('192.0.2.1:80', `10.0.${number >> 8}.${number & 255}:4000`, {
    ...{ state: 'SYN_RECV', inode: null },
    timer: { kind: 'on', expiresIn: 900, retransmits, probes: 0 },
  });
const once = (number: number) => halfOpen(number);
const answered = (number: number) => halfOpen(number, 0);

/** A network in which a server waits for data before it accepts. */
const deferring = (repeated: number): Scene => ({
  counters: { 'TcpExt.TCPDeferAcceptDrop': 120, 'TcpExt.TCPSynRetrans': 7 + repeated },
  before: { counters: { 'TcpExt.TCPDeferAcceptDrop': 120, 'TcpExt.TCPSynRetrans': 7 } },
});

/** A network without SYN cookies that drops new connections, some of them at full accept queues. */
const refusing = (drops: number, overflows: number): Scene => ({
  counters: { 'TcpExt.ListenDrops': drops, 'TcpExt.ListenOverflows': overflows },
  before: { counters: { 'TcpExt.ListenDrops': 0, 'TcpExt.ListenOverflows': 0 } },
  facts: { synCookies: 0, synBacklogLimit: 64 },
});

/** Handshakes of one client, from as many ports. */
const ofClient = (count: number, retransmits: number) =>
  many(count, (number) =>
    inet('192.0.2.1:80', `203.0.113.9:${4000 + number}`, {
      ...{ state: 'SYN_RECV', inode: null },
      timer: { kind: 'on', expiresIn: 900, retransmits, probes: 0 },
    }),
  );

/** A network in which a client cannot finish its handshakes, beside a server in whose queue connections wait. */
const besideWaiting = (
  place: string,
  { overflows = 7, earlier = 6 }: { readonly overflows?: number; readonly earlier?: number } = {},
): Scene => {
  const server = (recvQueue: number) =>
    inet(place, '0.0.0.0:0', { state: 'LISTEN', inode: 9, recvQueue });
  return {
    counters: { 'TcpExt.ListenOverflows': overflows },
    sockets: [server(6), ...ofClient(3, 4)],
    before: { sockets: [server(earlier), ...ofClient(3, 4)] },
  };
};

/** A network in which the kernel sends so many cookies between the two looks. */
const sendingCookies = (sent: number): Scene => ({
  counters: { 'TcpExt.SyncookiesSent': 100 + sent },
  before: { counters: { 'TcpExt.SyncookiesSent': 100 } },
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
      sockets: many(500, once),
      before: { sockets: many(500, (number) => halfOpen(number + 1000)) },
    },
    [],
  ],
  ['99 that last are none', { sockets: many(99, once) }, []],
  [
    '100 that last are one',
    { sockets: many(100, once) },
    [`warning: 192.0.2.1:80: 100 ${unfinished}`],
  ],
  [
    'of several servers the one with most is first',
    {
      sockets: [
        ...many(100, once),
        ...many(101, (number) => ({
          ...once(number),
          local: { address: '192.0.2.1', port: 443, zone: null },
        })),
      ],
    },
    [`warning: 192.0.2.1:443: 101 ${unfinished}`, `warning: 192.0.2.1:80: 100 ${unfinished}`],
  ],
  [
    'where new ones are dropped it is critical',
    {
      sockets: many(100, once),
      counters: { 'TcpExt.TCPReqQFullDrop': 6 },
      before: { counters: { 'TcpExt.TCPReqQFullDrop': 5 } },
    },
    [`critical: 192.0.2.1:80: 100 ${unfinished}`],
  ],
  [
    'clients that a server waits for data of are none: nothing is sent to them again',
    { ...deferring(0), sockets: many(500, answered) },
    [],
  ],
  [
    'half-open ones beside them are one',
    {
      ...deferring(100),
      sockets: [...many(100, once), ...many(100, (number) => answered(number + 1000))],
    },
    [`warning: 192.0.2.1:80: 100 ${unfinished}`],
  ],
  [
    'where no server waits for data, what cannot be sent again is half-open',
    { sockets: many(100, answered) },
    [`warning: 192.0.2.1:80: 100 ${unfinished}`],
  ],
  [
    'without cookies, three quarters of the backlog are enough for the kernel to drop',
    { ...refusing(30, 0), sockets: many(48, once) },
    [`critical: 192.0.2.1:80: 48 ${unfinished}`],
  ],
  [
    'though few of them are there for long',
    {
      ...refusing(30, 0),
      sockets: many(48, once),
      before: { ...refusing(30, 0).before, sockets: many(48, (number) => once(number + 40)) },
    },
    ['critical: new connections are dropped at a full SYN queue'],
  ],
  ['fewer are none', { ...refusing(30, 0), sockets: many(47, once) }, []],
  [
    'what is dropped at full accept queues is none of them',
    { ...refusing(30, 30), sockets: many(48, once) },
    [],
  ],
  [
    'with cookies they are none',
    { ...refusing(30, 0), sockets: many(48, once), facts: { synBacklogLimit: 64 } },
    [],
  ],
  [
    'while cookies are sent, a short queue is full with few',
    { ...sendingCookies(20), sockets: many(5, once) },
    [`warning: 192.0.2.1:80: 5 ${unfinished}`],
  ],
  [
    'with fewer it is not known which',
    { ...sendingCookies(20), sockets: many(4, once) },
    [cookies],
  ],
  ['without cookies few are none', { ...sendingCookies(19), sockets: many(5, once) }, []],
  [
    'a client that does not finish what was answered three times gets no replies',
    { sockets: ofClient(3, 3) },
    ['warning: replies do not reach 203.0.113.9: 3 handshakes left unfinished'],
  ],
  ...['0.0.0.0:80', '[::]:80', '192.0.2.1:80', '[::ffff:192.0.2.1]:80'].map(
    (place): [string, Scene, readonly string[]] => [
      `the kernel ignores clients while the accept queue is full: ${place}`,
      besideWaiting(place),
      [],
    ],
  ),
  ...(
    [
      ['at another port', besideWaiting('0.0.0.0:81')],
      ['at another address', besideWaiting('192.0.2.2:80')],
      ['just now', besideWaiting('0.0.0.0:80', { earlier: 0 })],
      ['where no queue was ever full', besideWaiting('0.0.0.0:80', { overflows: 0 })],
    ] as const
  ).map(([where, scene]): [string, Scene, readonly string[]] => [
    `not if connections wait ${where}`,
    scene,
    ['warning: replies do not reach 203.0.113.9: 3 handshakes left unfinished'],
  ]),
  ['two of a client are none', { sockets: ofClient(2, 3) }, []],
  ['those that were answered less often are none', { sockets: ofClient(99, 2) }, []],
  [
    'of a server that a filter selects they are one, whoever they are from',
    {
      sockets: [...ofClient(3, 3), halfOpen(1, 3), halfOpen(2, 3), halfOpen(3, 2)],
      rest: { isFiltered: true },
    },
    [
      'warning: replies do not reach 203.0.113.9: 3 handshakes left unfinished',
      `note: 192.0.2.1:80: 2 ${unfinished}`,
    ],
  ],
  [
    "those of a server with many are the server's",
    { sockets: [...ofClient(3, 3), ...many(97, once)] },
    [`warning: 192.0.2.1:80: 100 ${unfinished}`],
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

test('that replies are lost is not said for sure if the server may wait for data', () => {
  const [finding] = found(synFlood, { ...deferring(0), sockets: ofClient(3, 3) });
  expect(finding).toMatchObject({
    certainty: 'worth a look',
    title: 'replies may not reach 203.0.113.9: 3 handshakes left unfinished',
    observations: [
      '3 connections from it are half-open; each handshake may have been answered again, up to 3 times, without success.',
    ],
  });
});

test('one or two handshakes of a selected server are a note', () => {
  const of = (count: number) =>
    found(synFlood, {
      sockets: many(count, (number) => halfOpen(number, 3)),
      rest: { isFiltered: true },
    }).map(({ severity, certainty }) => [severity, certainty]);
  expect(of(2)).toEqual([['note', 'worth a look']]);
  expect(of(3)).toEqual([['warning', 'likely']]);
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
  const [finding] = found(synFlood, { sockets: many(100, once), facts: { synCookies: 0 } });
  expect(finding?.remedy).toMatch(/^SYN cookies are off here/);
  expect(finding?.seen).toMatchObject({ halfOpen: 100, senders: 100 });
});

test('it is only worth a look if a server waits for data and nothing was sent again meanwhile', () => {
  const of = (scene: Scene) =>
    found(synFlood, { ...scene, sockets: many(100, once) }).map(({ certainty, remedy }) => [
      certainty,
      remedy.includes('TCP_DEFER_ACCEPT'),
    ]);
  expect(of({})).toEqual([['likely', false]]);
  expect(of(deferring(20))).toEqual([['likely', true]]);
  expect(of(deferring(0))).toEqual([['worth a look', true]]);
  const [beside] = found(synFlood, {
    ...deferring(0),
    sockets: [...many(100, once), answered(1000)],
  });
  expect(beside?.certainty).toBe('likely');
});

test('says only what the kernel did', () => {
  const [finding] = found(synFlood, { sockets: many(100, once) });
  expect(finding?.observations).toEqual([
    '100 connections of 100 addresses have been half-open for longer than 1.0 s.',
  ]);
});

test('new connections that are dropped are no clients from whom the server waits for data', () => {
  const { counters, before } = deferring(0);
  const [finding] = found(synFlood, {
    counters: { ...counters, 'TcpExt.TCPReqQFullDrop': 6 },
    before: { counters: { ...before?.counters, 'TcpExt.TCPReqQFullDrop': 5 } },
    sockets: many(100, once),
  });
  expect(finding).toMatchObject({ severity: 'critical', certainty: 'likely' });
});
