import type { Query, Which } from '../model/request/query.ts';
import { hasPeer, isListening } from '../model/socket/classify.ts';
import { pattern, type SocketPattern } from '../model/socket/pattern.ts';
import type { Socket } from '../model/socket/socket.ts';

/** netstat's own choice of sockets. */
export type WhichAsked = Pick<Query, 'which' | 'boundInactive'>;

/** A test for netstat's choice between connected and listening sockets. */
export function whichTest(
  which: Which,
  { boundInactive }: Pick<WhichAsked, 'boundInactive'>,
): (socket: Socket) => boolean {
  const test = byWhich[which];
  return boundInactive ? (socket) => socket.state === 'BOUND' || test(socket) : test;
}

/** A pattern of some of the sockets for which `whichTest` is true. */
export function whichPattern(which: Which): SocketPattern {
  return which === 'all' ? true : which === 'connected' && withPeer;
}

const zero = { a: 0, b: 0, c: 0, d: 0 };
const toAny = (version: 4 | 6): SocketPattern => ({
  kind: 'address',
  end: 'remote',
  prefix: { version, words: version === 4 ? { ...zero, c: 0xffff } : zero, length: 128 },
});
const isTcp: SocketPattern = { kind: 'table', protocol: 'tcp', family: null };
const isUdp: SocketPattern = { kind: 'table', protocol: 'udp', family: null };

/** As `hasPeer`. */
const withPeer = pattern.any([
  pattern.all([isTcp, pattern.not({ kind: 'port', end: 'remote', low: 0, high: 0 })]),
  pattern.all([isUdp, pattern.not(toAny(4)), pattern.not(toAny(6))]),
]);

/** What netstat shows without -a, with -l, and with -a. */
const byWhich: Readonly<Record<Which, (socket: Socket) => boolean>> = {
  connected: hasPeer,
  listening: isListening,
  all: () => true,
};
