import { expect, test } from 'vitest';
import type { Check } from '../../../src/analysis/checks/check.ts';
import { closeWait } from '../../../src/analysis/checks/close-wait.ts';
import { lossyPaths } from '../../../src/analysis/checks/lossy-paths.ts';
import { stuckClosing } from '../../../src/analysis/checks/stuck-closing.ts';
import { stuckQueues } from '../../../src/analysis/checks/stuck-queues.ts';
import { synFlood } from '../../../src/analysis/checks/syn-flood.ts';
import type { InetSocket } from '../../../src/model/socket/socket.ts';
import { inet, tcpInfo } from '../../support/builders.ts';
import { looksAgain, many, type Scene } from './support.ts';

const inState = (state: InetSocket['state'], count: number): Scene => ({
  before: {
    sockets: many(count, (number) =>
      inet('127.0.0.1:80', `127.0.0.1:${40_000 + number}`, { state, inode: 100 + number }),
    ),
  },
});

const sentAgain = (before: number, now: number, repetitions = 0, probes = 0): Scene => ({
  counters: { 'Tcp.RetransSegs': now },
  before: {
    counters: { 'Tcp.RetransSegs': before },
    sockets: [
      inet('192.0.2.1:40000', '203.0.113.9:443', {
        tcpInfo: tcpInfo({ retransmitted: 40 }),
        timer: {
          ...{ kind: probes > 0 ? 'keepalive' : 'on', expiresIn: 800 },
          ...{ retransmits: repetitions, probes },
        },
      }),
    ],
  },
});

const unread = (bytes: number, silent: number): Scene => ({
  before: {
    sockets: [
      inet('127.0.0.1:80', '127.0.0.1:40000', {
        recvQueue: bytes,
        tcpInfo: tcpInfo({ lastReceived: silent }),
      }),
    ],
  },
});

const shut = (silent: number): Scene => ({
  before: {
    sockets: [
      inet('127.0.0.1:80', '127.0.0.1:40000', {
        sendQueue: 5000,
        timer: { kind: 'probe', expiresIn: 100, retransmits: 0, probes: 2 },
        tcpInfo: tcpInfo({ lastSent: silent }),
      }),
    ],
  },
});

/** So many handshakes were under way, each answered again so often, and cookies have been sent since. */
const handshakes = (count: number, retransmits: number, cookies = 0): Scene => ({
  counters: { 'TcpExt.SyncookiesSent': cookies },
  before: {
    counters: { 'TcpExt.SyncookiesSent': 0 },
    sockets: many(count, (number) =>
      inet('127.0.0.1:80', `127.0.0.1:${40_000 + number}`, {
        state: 'SYN_RECV',
        timer: { kind: 'on', expiresIn: 100, retransmits, probes: 0 },
      }),
    ),
  },
});

/** Connections waited to be accepted at so many servers. */
const waiting = (count: number): Scene => ({
  before: {
    sockets: many(count, (number) =>
      inet(`127.0.0.1:${8000 + number}`, '0.0.0.0:0', { state: 'LISTEN', recvQueue: 3 }),
    ),
  },
});

test.each<[string, Check, Scene, boolean]>([
  ['fewer than a leak were there', closeWait, inState('CLOSE_WAIT', 19), false],
  ['as many as a leak were there', closeWait, inState('CLOSE_WAIT', 20), true],
  [
    'fewer are set to be a leak',
    closeWait,
    { ...inState('CLOSE_WAIT', 2), set: { count: 2 } },
    true,
  ],
  ['few connections were closing', stuckClosing, inState('FIN_WAIT2', 19), false],
  ['many connections were closing', stuckClosing, inState('LAST_ACK', 20), true],
  ['few handshakes were under way', synFlood, inState('SYN_RECV', 99), false],
  ['many handshakes were under way', synFlood, inState('SYN_RECV', 100), true],
  ['few handshakes, and cookies were sent', synFlood, handshakes(5, 0, 20), true],
  ['few handshakes, and fewer cookies were sent', synFlood, handshakes(5, 0, 19), false],
  ['a handshake was answered three times in vain', synFlood, handshakes(1, 3), true],
  ['a handshake was answered twice in vain', synFlood, handshakes(99, 2), false],
  ['connections waited at many servers', synFlood, waiting(100), false],
  ['nothing was sent again meanwhile', lossyPaths, sentAgain(40, 40), false],
  ['something was sent again meanwhile', lossyPaths, sentAgain(40, 41), true],
  ['a connection waits longer before it repeats', lossyPaths, sentAgain(40, 40, 3), true],
  ['a connection gets no answer to probes', lossyPaths, sentAgain(40, 40, 0, 3), true],
  ['probes are answered', lossyPaths, sentAgain(40, 40, 0, 1), false],
  ['the kernel does not report what is sent again', lossyPaths, { counters: {} }, true],
  ['the counter was made anew', lossyPaths, sentAgain(40, 2), true],
  ['what is unread has come just now', stuckQueues, unread(20_000, 400), false],
  ['what is unread has waited', stuckQueues, unread(20_000, 4000), true],
  ['little is unread', stuckQueues, unread(5000, 9000), false],
  ['a window is shut for a moment', stuckQueues, shut(900), false],
  ['a window has been shut', stuckQueues, shut(4100), true],
  [
    'no silence is asked for, and more may come',
    stuckQueues,
    { ...unread(5000, 0), set: { silent: 0 } },
    true,
  ],
])('%s: whether a check looks at sockets again', (_, check, scene, isWanted) => {
  expect(looksAgain(check, scene)).toBe(isWanted);
});
