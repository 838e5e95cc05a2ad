import { describe, expect, it } from 'vitest';
import {
  hasPeer,
  isFullSocket,
  isListening,
  isOfFamilies,
  isServer,
} from '../../../src/model/socket/classify.ts';
import type { InetSocket } from '../../../src/model/socket/socket.ts';
import { inet, unixSocket } from '../../support/builders.ts';

describe('servers', () => {
  const udp = (local: string, changes: Partial<InetSocket> = {}) =>
    inet(local, '0.0.0.0:0', { protocol: 'udp', state: 'UNCONN', inode: null, ...changes });

  it.each<[string, InetSocket, boolean]>([
    ['a UDP socket with a port', udp('0.0.0.0:53'), true],
    ['one without (macOS)', udp('0.0.0.0:0'), false],
    ['one whose state is not reported (Windows)', udp('0.0.0.0:53', { state: null }), true],
    ['one without a port in a /proc, as netstat has it', udp('0.0.0.0:0', { inode: 7 }), true],
    ['a TCP socket that listens', inet('0.0.0.0:80', '0.0.0.0:0', { state: 'LISTEN' }), true],
    ['one that is closed (macOS)', inet('0.0.0.0:80', '0.0.0.0:0', { state: 'CLOSE' }), false],
  ])('%s', (_, socket, expected) => {
    expect(isListening(socket)).toBe(expected);
  });
});

it.each([
  ['LISTEN', true, true],
  ['CLOSE', false, false],
  ['BOUND', false, false],
] as const)('a TCP socket without a peer in %s is a server: %s', (state, listening, server) => {
  const socket = inet('0.0.0.0:80', '0.0.0.0:0', { state });
  expect([isListening(socket), isServer(socket)]).toEqual([listening, server]);
});

it.each([
  ['tcp', '192.0.2.1:0', false],
  ['tcp', '0.0.0.0:7', true],
  ['sctp', '192.0.2.1:0', false],
  ['udp', '0.0.0.0:7', false],
  ['udp', '192.0.2.1:0', true],
  ['udplite', '[::]:0', false],
  ['raw', '[2001:db8::1]:0', true],
] as const)(
  'a socket of %s with the remote end %s has a peer: %s',
  (protocol, remote, expected) => {
    const local = remote.startsWith('[') ? '[::1]:1' : '127.0.0.1:1';
    expect(hasPeer(inet(local, remote, { protocol }))).toBe(expected);
  },
);

it.each([
  ['LISTENING', false],
  ['CONNECTED', true],
  ['FREE', true],
] as const)('a UNIX socket in %s has a peer: %s', (state, expected) => {
  expect(hasPeer(unixSocket({ state }))).toBe(expected);
});

it('the kernel keeps less of a handshake and of what has ended', () => {
  const full = (['SYN_RECV', 'TIME_WAIT', 'ESTABLISHED', 'LISTEN'] as const).map((state) =>
    isFullSocket(inet('192.0.2.1:80', '192.0.2.2:7', { state })),
  );
  expect(full).toEqual([false, false, true, true]);
});

it('a socket that takes both families is of both, and a UNIX socket of any', () => {
  const [both, only6] = [true, undefined].map((dualStack) =>
    inet('[::]:80', '[::]:0', dualStack === undefined ? {} : { dualStack: true }),
  );
  const among = (socket: Parameters<typeof isOfFamilies>[0] | undefined) =>
    (['inet', 'inet6'] as const).map((one) => socket && isOfFamilies(socket, [one]));
  expect(among(both)).toEqual([true, true]);
  expect(among(only6)).toEqual([false, true]);
  expect(both && isOfFamilies(both, [])).toBe(false);
  expect(among(unixSocket({}))).toEqual([true, true]);
});
