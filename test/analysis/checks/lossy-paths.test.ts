import { expect, test } from 'vitest';
import { lossyPaths } from '../../../src/analysis/checks/lossy-paths.ts';
import type { InetSocket } from '../../../src/model/socket/socket.ts';
import { inet, tcpInfo } from '../../support/builders.ts';
import { found, many, runningByDefault, type Scene } from './support.ts';

/** Has sent so many segments of 1000 bytes, some of them again. */
function sender(to: string, sent: number, again: number, inode = 1): InetSocket {
  return inet('192.0.2.1:40000', `${to}:443`, {
    inode,
    tcpInfo: tcpInfo({
      bytesSent: BigInt(sent * 1000),
      bytesRetransmitted: BigInt(again * 1000),
      retransmitted: again,
    }),
  });
}

/** What one connection had sent before, and has sent now: segments, and how many of them again. */
const sending = (before: readonly [number, number], now: readonly [number, number]): Scene => ({
  sockets: [sender('203.0.113.9', ...now)],
  before: { sockets: [sender('203.0.113.9', ...before)] },
});

function silent(to: string, repetitions: number, state: InetSocket['state'] = 'ESTABLISHED') {
  return inet('192.0.2.1:40000', `${to}:443`, {
    state,
    timer: { kind: 'on', expiresIn: 800, retransmits: repetitions, probes: 0 },
    tcpInfo: tcpInfo({ retransmitted: repetitions }),
  });
}

/** Closed by its program, but not by its peer. */
const closed: InetSocket = { ...silent('203.0.113.9', 3, 'FIN_WAIT1'), inode: null };

/** Nothing is lost, but the peer has not answered so many probes in a row. */
const probed = (kind: 'keepalive' | 'probe' | 'off', probes: number, number = 0) =>
  inet(`192.0.2.1:${41_000 + number}`, '203.0.113.9:443', {
    timer: { kind, expiresIn: 800, retransmits: 0, probes },
    tcpInfo: tcpInfo({ retransmitted: 0, bytesRetransmitted: 0n }),
  });

const said = (scene: Scene) =>
  found(lossyPaths, scene).map(({ severity, title }) => `${severity}: ${title}`);

/** Since, it has sent 200 segments, and lost so many percent of them. */
const losing = (to: string, percent: number): Scene => ({
  sockets: [sender(to, 1200, 40 + percent * 2)],
  before: { sockets: [sender(to, 1000, 40)] },
});

const loses = ['warning: the path to 203.0.113.9 loses what is sent: 1 connection'];

test.each<[string, Scene, readonly string[]]>([
  ['nothing is no finding', {}, []],
  ['a connection that lost in the past is none', sending([1000, 300], [1000, 300]), []],
  ['one that loses now is one', losing('203.0.113.9', 5), loses],
  ['a little loss is none', losing('203.0.113.9', 4), []],
  [
    'one that loses now is one, though it has sent very much without loss',
    sending([1_000_000, 12], [1_000_200, 52]),
    loses,
  ],
  [
    'one that lost much in the past and hardly anything now is none',
    sending([1000, 352], [1300, 353]),
    [],
  ],
  [
    'one that sends little is one, if it has always lost as much',
    sending([100, 20], [105, 21]),
    loses,
  ],
  ['one that sends little and has lost little before is none', sending([1000, 20], [1005, 21]), []],
  ['one that sends nothing else again is none', sending([100, 20], [150, 20]), []],
  [
    'a few segments are none, whatever their share',
    { sockets: [sender('203.0.113.9', 18, 9)], before: { sockets: [] } },
    [],
  ],
  [
    'a connection that is new and loses is one',
    { sockets: [sender('203.0.113.9', 300, 30)], before: { sockets: [] } },
    loses,
  ],
  [
    'reports three destinations at once together',
    {
      sockets: many(3, (number) => sender(`203.0.113.${number}`, 500, 50, number)),
      before: { sockets: [] },
    },
    ['warning: the paths to 3 destinations lose what is sent: 3 connections'],
  ],
  [
    'what the peer got twice was not lost',
    {
      sockets: [sender('203.0.113.9', 1500, 500)].map((one) => ({
        ...one,
        tcpInfo: tcpInfo({ ...one.tcpInfo, duplicates: 495 }),
      })),
      before: { sockets: [] },
    },
    [],
  ],
  ['two repetitions in a row are none', { sockets: [silent('203.0.113.9', 2)] }, []],
  [
    'three are a peer that does not answer',
    { sockets: [silent('203.0.113.9', 3)] },
    ['warning: 203.0.113.9 does not answer 1 connection'],
  ],
  [
    'so are SYNs',
    { sockets: [silent('203.0.113.9', 3, 'SYN_SENT')] },
    ['warning: 203.0.113.9 does not answer 1 connection'],
  ],
  ...(['keepalive', 'probe'] as const).map((kind): [string, Scene, readonly string[]] => [
    `so are probes: ${kind}`,
    { sockets: [probed(kind, 3)] },
    ['warning: 203.0.113.9 does not answer 1 connection'],
  ]),
  ...(['keepalive', 'probe', 'off'] as const).map((kind): [string, Scene, readonly string[]] => [
    `a peer that answers probes is none: ${kind}`,
    { sockets: [0, 2].map((probes, number) => probed(kind, probes, number)) },
    [],
  ]),
  [
    'very many closed connections are for another check; those held are not',
    {
      sockets: [...many(20, () => closed), { ...closed, inode: 7 }],
    },
    ['warning: 203.0.113.9 does not answer 1 connection'],
  ],
  [
    'unless that does not run',
    { sockets: many(20, () => closed), rest: { running: new Map() } },
    ['warning: 203.0.113.9 does not answer 20 connections'],
  ],
  [
    'a few closed connections are no finding of that check',
    { sockets: many(19, () => closed) },
    ['warning: 203.0.113.9 does not answer 19 connections'],
  ],
  [
    'unless that is set to report as many',
    {
      sockets: many(19, () => closed),
      rest: { running: runningByDefault({ 'stuck-closing': { count: 19 } }) },
    },
    [],
  ],
  [
    'fewer retransmissions than that is set to report are not for it',
    {
      sockets: many(20, () => closed),
      rest: { running: runningByDefault({ 'stuck-closing': { row: 9 } }) },
    },
    ['warning: 203.0.113.9 does not answer 20 connections'],
  ],
  [
    'the destination with the most comes first',
    { sockets: [silent('203.0.113.1', 3), silent('203.0.113.2', 3), silent('203.0.113.2', 4)] },
    [
      'warning: 203.0.113.2 does not answer 2 connections',
      'warning: 203.0.113.1 does not answer 1 connection',
    ],
  ],
])('%s', (_, scene, expected) => {
  expect(said(scene)).toEqual(expected);
});

test('says what is lost now, what was since the connection was opened, and what the network lost', () => {
  const scene = losing('203.0.113.9', 8);
  const [finding] = found(lossyPaths, {
    ...scene,
    counters: { 'Tcp.RetransSegs': 5, 'Tcp.OutSegs': 1000 },
    before: { ...scene.before, counters: { 'Tcp.RetransSegs': 4, 'Tcp.OutSegs': 900 } },
  });
  expect(finding?.seen).toMatchObject({ lostNow: 16, percentNow: 8, lost: 56, percent: 4.7 });
  expect(finding?.observations).toEqual([
    '1 connection lost 16 segments within 1.0 s, 8.0 % of the bytes that it sent; since it was opened, 56 segments, 4.7 %.',
    'This network has retransmitted 0.5 % of all its segments since it came up.',
  ]);
  const [untold] = found(lossyPaths, scene);
  expect(untold?.seen.own).toBeNull();
});

test('of several connections, the one that loses most now comes first', () => {
  const [finding] = found(lossyPaths, {
    sockets: [sender('203.0.113.9', 1300, 16, 1), sender('203.0.113.9', 1100, 320, 2)],
    before: { sockets: [sender('203.0.113.9', 1000, 1, 1), sender('203.0.113.9', 1000, 300, 2)] },
  });
  expect(finding?.sockets.map(({ inode }) => inode)).toEqual([2, 1]);
  expect(finding?.observations).toEqual([
    '2 connections lost 35 segments within 1.0 s, up to 20.0 % of the bytes that one of them sent; since they were opened, 336 segments, up to 29.1 %.',
  ]);
});

test.each<[string, readonly InetSocket['state'][], RegExp, boolean]>([
  [
    'a connection',
    ['ESTABLISHED'],
    /; the connection is given up after a quarter of an hour\.$/,
    false,
  ],
  ['an attempt', ['SYN_SENT'], /; the attempt is given up after about two minutes\.$/, true],
  ['both', ['SYN_SENT', 'ESTABLISHED'], /quarter of an hour, an attempt .* two minutes\.$/, true],
])('when the kernel gives up: %s', (_, states, told, mayBeQueue) => {
  const sockets = states.map((state) => silent('203.0.113.9', 3, state));
  const [finding] = found(lossyPaths, { sockets });
  expect(finding?.why).toMatch(told);
  expect(finding?.why.includes("the server's accept queue is full")).toBe(mayBeQueue);
});

test('a closed connection is given up sooner', () => {
  const why = (...sockets: readonly InetSocket[]) => found(lossyPaths, { sockets })[0]?.why;
  expect(why(closed)).toMatch(/; the closed connection is given up after about two minutes\.$/);
  expect(why(closed, { ...closed, inode: 7 })).toMatch(
    /; a connection is given up after a quarter of an hour, a closed connection after about two minutes\.$/,
  );
});

test('probes without an answer are told apart from segments that are sent again', () => {
  const probes = [probed('keepalive', 6), probed('probe', 4, 1)];
  const [finding] = found(lossyPaths, { sockets: [silent('203.0.113.9', 5), ...probes] });
  expect(finding?.observations).toEqual([
    '1 connection retransmits the same segment, up to 5 times so far.',
    '2 connections get no answer to keep-alives or zero-window probes, up to 6 in a row so far.',
  ]);
  expect(finding?.seen).toEqual({ count: 3, opening: 0, repetitions: 6, probing: 2 });
  expect(finding?.why).toMatch(
    /quarter of an hour\. A connection whose keep-alives get no answer /,
  );
  const [only] = found(lossyPaths, { sockets: [probed('keepalive', 6)] });
  expect(only?.observations).toHaveLength(1);
  expect(only?.why).not.toContain('The delays grow');
});

test.each([
  ['203.0.113.9', 'ping 203.0.113.9`'],
  ['[fe80::1]', 'ping fe80::1%INTERFACE`'],
])('what to type for %s', (to, command) => {
  const [finding] = found(lossyPaths, { sockets: [silent(to, 3)] });
  expect(finding?.remedy).toContain(command);
  expect(finding?.seen).toEqual({ count: 1, opening: 0, repetitions: 3, probing: 0 });
});

test('the way to one destination is what to look at', () => {
  const [finding] = found(lossyPaths, losing('[::ffff:203.0.113.9]', 8));
  expect(finding?.remedy).toContain('`mtr -T 203.0.113.9`');
  expect(finding?.command?.slice(-2)).toEqual(['dst', '203.0.113.9']);
  expect(finding?.seen.count).toBe(1);
});

test('a network that has sent nothing has no rate of its own', () => {
  const scene = losing('203.0.113.9', 8);
  const [finding] = found(lossyPaths, {
    ...scene,
    counters: { 'Tcp.RetransSegs': 1, 'Tcp.OutSegs': 0 },
    before: { ...scene.before, counters: { 'Tcp.RetransSegs': 0 } },
  });
  expect(finding?.seen.own).toBe(null);
});

test.each([
  ['open, over IPv4', '203.0.113.9', 'ESTABLISHED', '`ping -M do -s 1472 203.0.113.9`'],
  ['open, over IPv6', '2001:db8::9', 'ESTABLISHED', '`ping -M do -s 1452 2001:db8::9`'],
  ['being opened, with small packets', '203.0.113.9', 'SYN_SENT', null],
] as const)('a path on which only small packets get through: %s', (_, address, state, ping) => {
  const remote = address.includes(':') ? `[${address}]:443` : `${address}:443`;
  const timer = { kind: 'on', expiresIn: 0, retransmits: 4, probes: 0 } as const;
  const [finding] = found(lossyPaths, {
    sockets: [
      inet(address.includes(':') ? '[2001:db8::1]:40000' : '192.0.2.1:40000', remote, {
        state,
        timer,
      }),
    ],
  });
  expect(finding?.why.includes('only small packets get through')).toBe(ping !== null);
  if (ping === null) expect(finding?.remedy).not.toContain('-M do');
  else expect(finding?.remedy).toContain(ping);
});

/** A connection to a server of this machine that is not opened: what it sends goes unanswered. */
const inside = (local: string, remote: string, number = 0): InetSocket =>
  inet(`${local}:${40_000 + number}`, remote, {
    ...{ state: 'SYN_SENT', inode: number + 1 },
    timer: { kind: 'on', expiresIn: 800, retransmits: 4, probes: 0 },
  });

test.each<[string, readonly InetSocket[], string | null]>([
  ['loopback', [inside('127.0.0.1', '127.0.0.1:9002')], ' sport = :9002'],
  ['loopback, at two ports', [inside('[::1]', '[::1]:1'), inside('[::1]', '[::1]:2', 1)], ''],
  ['its own address', [inside('192.0.2.1', '192.0.2.1:9002')], ' sport = :9002'],
  ['another machine', [inside('192.0.2.1', '192.0.2.2:9002')], null],
])('who does not answer at %s is looked for where it is', (_, sockets, filter) => {
  const [finding] = found(lossyPaths, { sockets });
  const here = `\`tsnetstat -ltnp --socket-info${filter}\``;
  expect(finding?.remedy.includes(here)).toBe(filter !== null);
  expect(finding?.remedy.includes('`ping ')).toBe(filter === null);
  expect(finding?.why.includes('of one machine')).toBe(filter !== null);
});
