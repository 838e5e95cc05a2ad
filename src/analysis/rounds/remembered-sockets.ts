import { addTo } from '../../model/add-to.ts';
import { netnsKey } from '../../model/machine/netns.ts';
import { placeKey } from '../../model/machine/place.ts';
import type { Closing } from '../../model/report/socket-event.ts';
import { keptCookie } from '../../model/socket/identity.ts';
import type { Owner } from '../../model/socket/owner.ts';
import type { Socket } from '../../model/socket/socket.ts';
import { endsOf } from './socket-ends.ts';

/** A socket's cookie, with the network namespace for other namespaces: before Linux 5.4 each had its own count. */
export type Cookie = number | string;

/** null: not known. */
export function cookieOf(socket: Socket): Cookie | null {
  const cookie = keptCookie(socket);
  const { netns } = socket;
  if (cookie === null || netns === undefined || netns.own) return cookie;
  return `${netnsKey(netns)} ${cookie}`;
}

/** What is remembered of a socket. */
export interface Known {
  row: Socket;
  readonly cookie: Cookie | null;
  /** The key of its ends; computed when first needed. */
  ends: string | null;
  readonly firstSeen: number;
  lastSeen: number;
  /** The row by which it is followed: what it was when it last passed. null: it is not followed. */
  passing: Socket | null;
  /** Its owners when they were last known; null: never. */
  owners: readonly Owner[] | null;
  /** It may pass once its owner is known: then it is reported as opened. */
  awaitsOwner: boolean;
  /** A round missed it, and the kernel has not reported yet that it is gone. */
  isMissed: boolean;
  /** The remnant (TIME_WAIT) of a connection that was reported as closed. */
  isRemnant: boolean;
  /** The number of the last round that saw it. */
  seenIn: number;
}

/** All sockets that are remembered. */
export interface RememberedSockets {
  /** In the order in which they were first seen. */
  readonly all: ReadonlySet<Known>;
  add(known: Known): void;
  forget(known: Known): void;
  withCookie(cookie: Cookie | null): Known | undefined;
  /** Those without a cookie by their ends, or all of them; some may have been forgotten since. */
  byEnds(withAll: boolean): ReadonlyMap<string, readonly Known[]>;
  /** Marks the index by ends as out of date: it is rebuilt when next needed. */
  haveChanged(): void;
}

/** Remembers none yet. */
export function rememberedSockets(): RememberedSockets {
  const all = new Set<Known>();
  const byCookie = new Map<Cookie, Known>();
  /** Built when needed; null: out of date. */
  let index: { readonly byEnds: Map<string, Known[]>; readonly hasAll: boolean } | null = null;
  return {
    all,
    add(known) {
      all.add(known);
      if (known.cookie !== null) byCookie.set(known.cookie, known);
    },
    forget(known) {
      all.delete(known);
      const { cookie } = known;
      if (cookie !== null && byCookie.get(cookie) === known) byCookie.delete(cookie);
    },
    withCookie: (cookie) => (cookie === null ? undefined : byCookie.get(cookie)),
    byEnds(withAll) {
      if (index !== null && (index.hasAll || !withAll)) return index.byEnds;
      const byEnds = new Map<string, Known[]>();
      for (const known of all) {
        if (!withAll && known.cookie !== null) continue;
        known.ends ??= lookupEnds(known.row);
        addTo(byEnds, known.ends, known);
      }
      index = { byEnds, hasAll: withAll };
      return byEnds;
    },
    haveChanged() {
      index = null;
    },
  };
}

/** A row of a round, and how its socket is looked up. */
export interface FoundRow {
  readonly row: Socket;
  readonly cookie: Cookie | null;
  /** null: it is looked up by its cookie. */
  readonly ends: string | null;
}

/** A row with what it can be recognized by. */
export function foundRow(row: Socket): FoundRow {
  const cookie = cookieOf(row);
  return { row, cookie, ends: cookie === null ? lookupEnds(row) : null };
}

/** The remembered socket of a row in this round; null: a new socket. */
export function knownAgain(
  sockets: RememberedSockets,
  { row, cookie, ends }: FoundRow,
  round: number,
): Known | null {
  const known = sockets.withCookie(cookie);
  if (known !== undefined) return areSameEnds(known.row, row) ? known : null;
  // By its ends, unless both have cookies, which differ.
  const some = sockets.byEnds(cookie === null);
  if (some.size === 0) return null;
  const free = (some.get(ends ?? lookupEnds(row)) ?? []).filter(
    (one) => one.seenIn !== round && sockets.all.has(one) && mayBeSame(one, row),
  );
  const { inode } = row;
  return free.find((one) => inode !== null && one.row.inode === inode) ?? free[0] ?? null;
}

/** The remembered socket that was closed: by its cookie, else by its ends among those without one. */
export function knownAsClosed(
  sockets: RememberedSockets,
  socket: Closing['socket'],
): Known | undefined {
  const known = sockets.withCookie(cookieOf(socket));
  if (known !== undefined) return known;
  const others = sockets.byEnds(false);
  if (others.size === 0) return undefined;
  return others.get(lookupEnds(socket))?.find((one) => sockets.all.has(one) && !one.isRemnant);
}

/** Whether a row's socket passed when it was last seen. */
export function hasPassed(sockets: RememberedSockets, row: Socket): boolean {
  const cookie = cookieOf(row);
  const known = sockets.withCookie(cookie);
  if (known !== undefined) return known.passing !== null;
  const some = sockets.byEnds(cookie === null);
  return some.size > 0 && (some.get(lookupEnds(row)) ?? []).some((one) => one.passing !== null);
}

/**
 * Returns a function that detects a repeated socket within a round: a table can change while it is read. Compared
 * are cookies or, without them, the ends of TCP connections.
 */
export function repeats(): (found: FoundRow) => boolean {
  const ends = new Set<string>();
  const cookies = new Set<Cookie>();
  const isRepeated = <T>(known: Set<T>, one: T) => known.size === known.add(one).size;
  return (found) => {
    if (found.cookie !== null) return isRepeated(cookies, found.cookie);
    const { protocol } = found.row;
    if (protocol !== 'tcp' || found.ends === null || found.row.remote.port === 0) return false;
    return isRepeated(ends, found.ends);
  };
}

/** How far a TCP connection has come: it never goes back. */
const progress: Readonly<Record<string, number>> = {
  ...{ SYN_SENT: 0, SYN_RECV: 0, ESTABLISHED: 1, FIN_WAIT1: 2, CLOSE_WAIT: 2 },
  ...{ FIN_WAIT2: 3, CLOSING: 3, LAST_ACK: 3, TIME_WAIT: 4, CLOSE: 5, DELETE_TCB: 5 },
};

/** Whether a row with the same ends can be the same socket. */
function mayBeSame({ row: before }: Known, row: Socket): boolean {
  if (before.inode !== null && row.inode !== null && before.inode !== row.inode) return false;
  if (before.protocol === 'unix' || row.protocol === 'unix') return true;
  const { createdAt } = row;
  if (createdAt != null && before.createdAt != null && createdAt !== before.createdAt) return false;
  if (row.protocol !== 'tcp') return true;
  const then = progress[before.state ?? ''];
  const now = progress[row.state ?? ''];
  return then === undefined || now === undefined || then <= now;
}

function areSameEnds(before: Socket, row: Socket): boolean {
  if (before.protocol === 'unix' || row.protocol === 'unix')
    return before.protocol === row.protocol;
  return (
    before.protocol === row.protocol &&
    before.family === row.family &&
    isSameEnd(before.local, row.local) &&
    isSameEnd(before.remote, row.remote)
  );
}

type Ends = Closing['socket']['local'];

function isSameEnd(a: Ends, b: Ends): boolean {
  return a === b || (a.port === b.port && a.address === b.address);
}

/** The key that a socket without a cookie is looked up by. */
function lookupEnds(socket: Socket): string {
  // A UNIX socket keeps its inode for life, whatever it is bound to.
  return socket.protocol === 'unix' && socket.inode !== null
    ? `${placeKey(socket)} unix ${socket.inode}`
    : endsOf(socket);
}
