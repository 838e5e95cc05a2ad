import { describe, expect, it } from 'vitest';
import {
  foundRow,
  hasPassed,
  type Known,
  knownAgain,
  knownAsClosed,
  rememberedSockets,
  repeats,
} from '../../../src/analysis/rounds/remembered-sockets.ts';
import { keepCookie } from '../../../src/model/socket/identity.ts';
import type { InetSocket, Socket } from '../../../src/model/socket/socket.ts';
import { inet, unix } from '../../support/builders.ts';

const connection = (changes: Partial<InetSocket> = {}): InetSocket =>
  inet('192.0.2.1:443', '198.51.100.7:4000', { state: 'ESTABLISHED', inode: 7, ...changes });

/** The same row; the kernel has told its cookie. */
function withCookie<S extends Socket>(socket: S, cookie: number): S {
  keepCookie(socket, BigInt(cookie));
  return socket;
}

/** What is remembered of these rows, which the first round saw. */
function remembering(...rows: readonly Socket[]) {
  const sockets = rememberedSockets();
  const known = rows.map((row): Known => {
    const { cookie } = foundRow(row);
    return {
      ...{ row, cookie, ends: null, firstSeen: 0, lastSeen: 0, passing: row, owners: null },
      ...{ awaitsOwner: false, isMissed: false, isRemnant: false, seenIn: 1 },
    };
  });
  for (const one of known) sockets.add(one);
  return { sockets, known };
}

describe('a row of the next round', () => {
  it.each<[string, Socket, Socket, boolean]>([
    ['the same cookie', withCookie(connection(), 5), withCookie(connection(), 5), true],
    [
      'the same cookie, but other ends: the number is used anew',
      withCookie(connection(), 5),
      withCookie(inet('192.0.2.1:443', '198.51.100.7:4001', { inode: 8 }), 5),
      false,
    ],
    ['another cookie', withCookie(connection(), 5), withCookie(connection(), 6), false],
    ['a cookie once, and none now', withCookie(connection(), 5), connection(), true],
    ['the same ends', connection(), connection(), true],
    ['other ends', connection(), inet('192.0.2.1:443', '198.51.100.7:4001'), false],
    ['another inode', connection(), connection({ inode: 8 }), false],
    ['an inode only now, as it was accepted', connection({ inode: null }), connection(), true],
    ['a later state', connection(), connection({ state: 'TIME_WAIT', inode: null }), true],
    ['an earlier state', connection({ state: 'TIME_WAIT', inode: null }), connection(), false],
    ['a UNIX socket that was bound since', unix(null), unix('/run/x'), true],
    ['another UNIX socket of the same path', unix('/run/x'), unix('/run/x', { inode: 2 }), false],
  ])('%s', (_, before, now, isKnown) => {
    const { sockets, known } = remembering(before);
    expect(knownAgain(sockets, foundRow(now), 2)).toBe(isKnown ? known[0] : null);
  });

  it('is taken once, and rather by its inode', () => {
    const { sockets, known } = remembering(connection({ inode: null }), connection());
    expect(knownAgain(sockets, foundRow(connection()), 2)).toBe(known[1]);
    for (const one of known) one.seenIn = 2;
    expect(knownAgain(sockets, foundRow(connection()), 2)).toBeNull();
  });
});

describe('a socket that the kernel reports as closed', () => {
  it('is found by its cookie, else by its ends among those without one', () => {
    const { sockets, known } = remembering(withCookie(connection(), 5), connection());
    expect(knownAsClosed(sockets, withCookie(connection(), 5))).toBe(known[0]);
    expect(knownAsClosed(sockets, withCookie(connection(), 6))).toBe(known[1]);
  });

  it('is not a remnant, nor one that is forgotten', () => {
    const { sockets, known } = remembering(connection());
    const [one] = known as [Known];
    one.isRemnant = true;
    expect(knownAsClosed(sockets, connection())).toBeUndefined();
    one.isRemnant = false;
    expect(knownAsClosed(sockets, connection())).toBe(one);
    sockets.forget(one);
    expect(knownAsClosed(sockets, connection())).toBeUndefined();
  });
});

it('a forgotten cookie may be used anew by then', () => {
  const { sockets, known } = remembering(withCookie(connection(), 5), withCookie(connection(), 5));
  const [old, next] = known as [Known, Known];
  sockets.forget(old);
  expect(sockets.withCookie(5)).toBe(next);
  sockets.forget(next);
  expect(sockets.withCookie(5)).toBeUndefined();
});

it('a row has passed if its socket did when it was last seen', () => {
  const { sockets, known } = remembering(connection());
  expect(hasPassed(sockets, connection())).toBe(true);
  (known[0] as Known).passing = null;
  expect(hasPassed(sockets, connection())).toBe(false);
  expect(hasPassed(rememberedSockets(), connection())).toBe(false);
});

it('repeated in a round is the same cookie, or the same TCP connection', () => {
  const isRepeated = repeats();
  const server = inet('192.0.2.1:443', '0.0.0.0', { inode: 9 });
  const datagram = inet('192.0.2.1:53', '198.51.100.7:4000', { protocol: 'udp', inode: 10 });
  const rows = [connection(), server, datagram, withCookie(connection(), 5)];
  expect(rows.map((row) => isRepeated(foundRow(row)))).toEqual([false, false, false, false]);
  expect(rows.map((row) => isRepeated(foundRow(row)))).toEqual([true, false, false, true]);
});
