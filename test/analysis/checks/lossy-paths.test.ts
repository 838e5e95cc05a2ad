import { expect, test } from 'vitest';
import { lossyPaths } from '../../../src/analysis/checks/lossy-paths.ts';
import type { InetSocket } from '../../../src/model/socket/socket.ts';
import { inet, tcpInfo } from '../../support/builders.ts';
import { found, many, type Scene } from './support.ts';

/** Of a million bytes so many percent were sent again. */
function lossy(to: string, percent: number, segments: number, inode = 1): InetSocket {
  return inet('192.0.2.1:40000', `${to}:443`, {
    inode,
    tcpInfo: tcpInfo({
      bytesSent: 1_000_000n,
      bytesRetransmitted: BigInt(percent * 10_000),
      retransmitted: segments,
    }),
  });
}

function silent(to: string, repetitions: number, state: InetSocket['state'] = 'ESTABLISHED') {
  return inet('192.0.2.1:40000', `${to}:443`, {
    state,
    timer: { kind: 'on', expiresIn: 800, retransmits: repetitions, probes: 0 },
    tcpInfo: tcpInfo({ retransmitted: repetitions }),
  });
}

const said = (scene: Scene) =>
  found(lossyPaths, scene).map(({ severity, title }) => `${severity}: ${title}`);

/** It has sent some more again since. */
const losing = (to: string, percent: number, inode = 1): Scene => ({
  sockets: [lossy(to, percent, 50, inode)],
  before: { sockets: [lossy(to, percent, 40, inode)] },
});

test.each<[string, Scene, readonly string[]]>([
  ['nothing is no finding', {}, []],
  ['a connection that lost in the past is none', { sockets: [lossy('203.0.113.9', 30, 500)] }, []],
  [
    'one that loses now is one',
    losing('203.0.113.9', 5),
    ['warning: the path to 203.0.113.9 loses what is sent: 1 connection'],
  ],
  ['a little loss is none', losing('203.0.113.9', 4), []],
  [
    'a few segments are none, whatever their share',
    { sockets: [lossy('203.0.113.9', 50, 9)], before: { sockets: [] } },
    [],
  ],
  [
    'a connection that is new and loses is one',
    { sockets: [lossy('203.0.113.9', 9, 30)], before: { sockets: [] } },
    ['warning: the path to 203.0.113.9 loses what is sent: 1 connection'],
  ],
  [
    'reports three destinations at once together',
    {
      sockets: many(3, (number) => lossy(`203.0.113.${number}`, 10, 50, number)),
      before: { sockets: [] },
    },
    ['warning: the paths to 3 destinations lose what is sent: 3 connections'],
  ],
  [
    'what the peer got twice was not lost',
    {
      sockets: [lossy('203.0.113.9', 30, 500)].map((one) => ({
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

test("the network's own rate stands beside that of the path", () => {
  const scene = losing('203.0.113.9', 8);
  const [finding] = found(lossyPaths, {
    ...scene,
    counters: { 'Tcp.RetransSegs': 5, 'Tcp.OutSegs': 1000 },
    before: { ...scene.before, counters: { 'Tcp.RetransSegs': 4, 'Tcp.OutSegs': 900 } },
  });
  expect(finding?.seen).toMatchObject({ own: 0.5, percent: 8, lost: 50 });
  const [untold] = found(lossyPaths, losing('203.0.113.9', 8));
  expect(untold?.seen.own).toBeNull();
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

test.each([
  ['203.0.113.9', 'ping 203.0.113.9`'],
  ['[fe80::1]', 'ping fe80::1%INTERFACE`'],
])('what to type for %s', (to, command) => {
  const [finding] = found(lossyPaths, { sockets: [silent(to, 3)] });
  expect(finding?.remedy).toContain(command);
  expect(finding?.seen).toEqual({ count: 1, opening: 0, repetitions: 3 });
});

test('the way to one destination is what to look at', () => {
  const [finding] = found(lossyPaths, losing('[::ffff:203.0.113.9]', 8));
  expect(finding?.remedy).toContain('`mtr -T 203.0.113.9`');
  expect(finding?.command?.slice(-2)).toEqual(['dst', '203.0.113.9']);
  expect(finding?.seen.count).toBe(1);
});

test('a network that has sent nothing has no rate of its own', () => {
  const [finding] = found(lossyPaths, {
    sockets: [lossy('203.0.113.9', 8, 50)],
    counters: { 'Tcp.RetransSegs': 1, 'Tcp.OutSegs': 0 },
    before: { sockets: [lossy('203.0.113.9', 8, 40)], counters: { 'Tcp.RetransSegs': 0 } },
  });
  expect(finding?.seen.own).toBe(null);
});
