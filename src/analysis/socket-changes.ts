import { addTo } from '../model/add-to.ts';
import { isAnyAddress } from '../model/address-text.ts';
import { netnsKey } from '../model/netns.ts';
import type { Owner } from '../model/owner.ts';
import { placeKey } from '../model/place.ts';
import type { Socket } from '../model/socket.ts';
import type { ChangeKind, Closing, LastTraffic, SocketChange } from '../model/socket-event.ts';
import { keptCookie } from '../model/socket-identity.ts';
import type { TcpInfo } from '../model/tcp-info.ts';

/** What decides which changes are told, and how they are known. */
export interface ChangeRules {
  /** Whether a socket is one of those that are followed, by all that is known of it. */
  passes(socket: Socket): boolean;
  /** The same of one that no round saw: what the kernel tells of it as it closes. */
  passesUnseen(closing: Closing): boolean;
  /** Whether the kernel tells when such a socket is destroyed. */
  kernelTells(socket: Socket): boolean;
  /** The owners of sockets are asked for. */
  readonly withOwners: boolean;
  /** What the kernel knows of connections is to be told of each. */
  readonly withTcpInfo: boolean;
  /** A moment of rounds and closes, as ISO 8601. */
  timeOf(at: number): string;
}

/** What one reading of all sockets found. */
export interface SocketRound {
  /** When it began, in milliseconds on a clock that nobody sets. */
  readonly at: number;
  readonly rows: readonly Socket[];
  /** All that was read before could be read again: what is not in `rows` is not there any more. */
  readonly isWhole: boolean;
}

/** Tells what changed, from rounds and from what the kernel says in between. */
export interface SocketChanges {
  /** The first round is what all others are compared with, and tells nothing. */
  round(round: SocketRound): readonly SocketChange[];
  /** null: nothing that is followed, or that was seen before. */
  closing(closing: Closing): SocketChange | null;
  /** Some of what the kernel told was lost: the next round does not wait for its word. */
  lost(): void;
  /** Whether this row's socket was one of those that are followed when it was last seen. */
  wasFollowed(row: Socket): boolean;
  /** How many sockets are followed. */
  followed(): number;
  /** How many sockets are remembered, those included that only could become of interest. */
  remembered(): number;
}

/**
 * A socket's cookie, of those outside the own network namespace with that: before Linux 5.4 each of these counts its
 * own.
 */
type Cookie = number | string;

/** null: not told. */
function cookieOf(socket: Socket): Cookie | null {
  const cookie = keptCookie(socket);
  const { netns } = socket;
  if (cookie === null || netns === undefined || netns.own) return cookie;
  return `${netnsKey(netns)} ${cookie}`;
}

/** What is remembered of a socket. */
interface Known {
  row: Socket;
  readonly cookie: Cookie | null;
  /** Where it stands when it is looked for by its ends; made when that is first needed. */
  ends: string | null;
  readonly firstSeen: number;
  lastSeen: number;
  passes: boolean;
  /** Its owners when they were last known; null: they never were. */
  owners: readonly Owner[] | null;
  /** It may come to pass once its owner is known: then it is told as opened. */
  awaitsOwner: boolean;
  /** A round missed it, and the kernel has not told yet that it is gone. */
  isMissed: boolean;
  /** What is left of a connection that was told as closed (TIME_WAIT). */
  isRemnant: boolean;
  /** The number of the round that saw it last. */
  seenIn: number;
}

/**
 * Follows sockets from round to round. They are told apart as sockets: by their cookie where the kernel
 * tells it, else by namespace, protocol, ends, inode and the order of TCP's states. A port that is closed and
 * opened by another socket is closed and opened.
 *
 * A TCP connection is closed when its socket is: what TIME_WAIT (and FIN_WAIT2 behind it) shows is what the
 * kernel remembers of it, not a socket. Where rounds alone tell, one that is first seen so lived between
 * two rounds.
 */
export function socketChanges(rules: ChangeRules): SocketChanges {
  const all = new Set<Known>();
  const byCookie = new Map<Cookie, Known>();
  /** Those without a cookie by their ends, or all; made when it is needed, null where it is out of date. */
  let index: { readonly byEnds: Map<string, Known[]>; readonly hasAll: boolean } | null = null;
  /** Cookies of sockets that a round found gone before the kernel told of them, and which round that was. */
  const goneBefore = new Map<Cookie, number>();
  let rounds = 0;
  let isLost = false;

  function forget(known: Known): void {
    all.delete(known);
    if (known.cookie !== null && byCookie.get(known.cookie) === known)
      byCookie.delete(known.cookie);
  }

  function byEnds(withAll: boolean): Map<string, Known[]> {
    if (index !== null && (index.hasAll || !withAll)) return index.byEnds;
    const made = new Map<string, Known[]>();
    for (const known of all) {
      if (!withAll && known.cookie !== null) continue;
      known.ends ??= endsOf(known.row);
      addTo(made, known.ends, known);
    }
    index = { byEnds: made, hasAll: withAll };
    return made;
  }

  /** The socket that this row is of; null: one that was not there. */
  function find({ row, cookie, ends }: FoundRow): Known | null {
    if (cookie !== null) {
      const known = byCookie.get(cookie);
      if (known !== undefined) return areSameEnds(known.row, row) ? known : null;
    }
    // By its ends, unless both are known by cookies, which differ.
    const some = byEnds(cookie === null);
    if (some.size === 0) return null;
    const free = (some.get(ends ?? endsOf(row)) ?? []).filter(
      (known) => known.seenIn !== rounds && all.has(known) && goesOn(known, row),
    );
    const { inode } = row;
    return free.find((known) => inode !== null && known.row.inode === inode) ?? free[0] ?? null;
  }

  function remember(row: Socket, cookie: Cookie | null, at: number, passes: boolean): Known {
    const owners = knownOwners(row);
    const known: Known = {
      row,
      cookie,
      ends: null,
      firstSeen: at,
      lastSeen: at,
      passes,
      owners,
      awaitsOwner: rounds > 1 && rules.withOwners && !passes && owners === null,
      isMissed: false,
      isRemnant: false,
      seenIn: rounds,
    };
    all.add(known);
    if (cookie !== null) {
      byCookie.set(cookie, known);
      goneBefore.delete(cookie);
    }
    return known;
  }

  /** A socket that a round sees for the first time. */
  function appear(row: Socket, cookie: Cookie | null, at: number): SocketChange | null {
    const isRemnant = isRemnantState(row);
    if (isRemnant && rules.kernelTells(row)) return null;
    const passes = rules.passes(row);
    const known = remember(row, cookie, at, passes);
    known.isRemnant = isRemnant;
    if (rounds === 1 || !passes) return null;
    return isRemnant
      ? changeOf(rules, 'closed', at, 'round', row, { traffic: lastTraffic(row) })
      : changeOf(rules, 'opened', at, 'round', row);
  }

  /** A socket that was there before: what of it changed. */
  function goOn(known: Known, row: Socket, at: number, told: SocketChange[]): void {
    const before = known.row;
    const { passes: passed, owners: had } = known;
    known.seenIn = rounds;
    known.lastSeen = at;
    known.isMissed = false;
    if (known.isRemnant) {
      known.row = row;
      return;
    }
    if (row.state === 'TIME_WAIT') {
      // Its socket is gone; what was known of it last is what is told of it.
      if (passed) told.push(closedOf(rules, known, at, 'round', lastTraffic(before)));
      known.isRemnant = true;
      return;
    }
    const passes = rules.passes(row);
    const owners = knownOwners(row);
    known.row = row;
    known.passes = passes;
    if (owners !== null) known.owners = owners;
    const isTold = passes || passed;
    const length = told.length;
    if (isTold && before.state !== row.state) {
      told.push(changeOf(rules, 'state', at, 'round', row, { stateBefore: before.state }));
    }
    if (isTold && owners !== null && owners.length > 0 && had !== null && !areSame(had, owners)) {
      told.push(changeOf(rules, 'owner', at, 'round', row, { ownersBefore: had }));
    }
    if (known.awaitsOwner && owners !== null) {
      known.awaitsOwner = false;
      if (passes && told.length === length) told.push(changeOf(rules, 'opened', at, 'round', row));
    }
  }

  /** Those that were there before and are not in this round. */
  function missed({ at, isWhole }: SocketRound): SocketChange[] {
    const told: SocketChange[] = [];
    for (const known of all) {
      if (known.seenIn === rounds || !isWhole) continue;
      // The kernel's word may be on its way; that of a connection which was never whole never comes.
      const mayBeTold =
        known.cookie !== null &&
        !isLost &&
        !known.isMissed &&
        known.row.state !== 'SYN_RECV' &&
        !known.isRemnant &&
        rules.kernelTells(known.row);
      if (mayBeTold) {
        known.isMissed = true;
        continue;
      }
      forget(known);
      if (known.cookie !== null) goneBefore.set(known.cookie, rounds);
      if (known.passes && !known.isRemnant) {
        told.push(closedOf(rules, known, at, 'round', lastTraffic(known.row)));
      }
    }
    // In the order in which they came.
    for (const [cookie, round] of goneBefore) {
      if (rounds - round < lateRounds) break;
      goneBefore.delete(cookie);
    }
    return told;
  }

  /** By its cookie, else by its ends among those that the kernel gave none. */
  function closed(socket: Closing['socket']): Known | undefined {
    const cookie = cookieOf(socket);
    const known = cookie === null ? undefined : byCookie.get(cookie);
    if (known !== undefined) return known;
    const others = byEnds(false);
    if (others.size === 0) return undefined;
    return others.get(endsOf(socket))?.find((one) => all.has(one) && !one.isRemnant);
  }

  return {
    round(round) {
      rounds++;
      index = null;
      const { rows, at } = round;
      const changed: SocketChange[] = [];
      const opened: SocketChange[] = [];
      const fresh: FoundRow[] = [];
      const repeated = repeats();
      for (const row of rows) {
        // The kernel tells when the socket is gone; what it remembers of it is not read on.
        if (row.state === 'TIME_WAIT' && rules.kernelTells(row)) continue;
        const cookie = cookieOf(row);
        const found = { row, cookie, ends: cookie === null ? endsOf(row) : null };
        if (repeated(found)) continue;
        const known = find(found);
        if (known === null) fresh.push(found);
        else goOn(known, row, at, changed);
      }
      const gone = missed(round);
      for (const { row, cookie } of fresh) {
        const older = cookie === null ? undefined : byCookie.get(cookie);
        if (older !== undefined) {
          // The same socket with other ends: another connection of it.
          forget(older);
          if (older.passes && !older.isRemnant) {
            gone.push(closedOf(rules, older, at, 'round', lastTraffic(older.row)));
          }
        }
        const change = appear(row, cookie, at);
        if (change !== null) opened.push(change);
      }
      index = null;
      isLost = false;
      return rounds === 1 ? [] : [...gone, ...changed, ...opened];
    },
    closing(closing) {
      const { at, socket, tcpInfo } = closing;
      const known = closed(socket);
      if (known !== undefined) {
        forget(known);
        if (!known.passes) return null;
        const isConnection = isTcpConnection(known.row);
        if (rules.withTcpInfo && isConnection && tcpInfo !== null) {
          known.row = { ...known.row, tcpInfo } as Socket;
        }
        return closedOf(rules, known, at, 'kernel', isConnection ? trafficOf(tcpInfo) : null);
      }
      const cookie = cookieOf(socket);
      if (cookie !== null && goneBefore.delete(cookie)) return null;
      // Without a port no table ever showed it.
      if (socket.local.port === 0 || !rules.passesUnseen(closing)) return null;
      const traffic = isTcpConnection(socket) ? trafficOf(tcpInfo) : null;
      return changeOf(rules, 'closed', at, 'kernel', socket, { traffic });
    },
    lost() {
      isLost = true;
    },
    wasFollowed(row) {
      const cookie = cookieOf(row);
      const known = cookie === null ? undefined : byCookie.get(cookie);
      if (known !== undefined) return known.passes;
      const some = byEnds(cookie === null);
      return some.size > 0 && (some.get(endsOf(row)) ?? []).some((one) => one.passes);
    },
    followed() {
      let count = 0;
      for (const { passes, isRemnant } of all) if (passes && !isRemnant) count++;
      return count;
    },
    remembered: () => all.size + goneBefore.size,
  };
}

/** So many rounds late may the kernel's word be, where a machine is busy, for a close that a round has told. */
const lateRounds = 60;

function changeOf(
  { timeOf }: Pick<ChangeRules, 'timeOf'>,
  event: ChangeKind,
  at: number,
  knownBy: SocketChange['knownBy'],
  socket: Socket,
  told: Partial<Pick<SocketChange, 'seenFor' | 'stateBefore' | 'ownersBefore' | 'traffic'>> = {},
): SocketChange {
  const { seenFor = null, stateBefore = null, ownersBefore = null, traffic = null } = told;
  const time = timeOf(at);
  return { event, time, knownBy, seenFor, stateBefore, ownersBefore, traffic, socket };
}

/** Between two rounds it was open no longer than the first of them for certain. */
function closedOf(
  rules: Pick<ChangeRules, 'timeOf'>,
  { row, firstSeen, lastSeen }: Known,
  at: number,
  knownBy: SocketChange['knownBy'],
  traffic: LastTraffic | null,
): SocketChange {
  const last = knownBy === 'kernel' ? at : lastSeen;
  const seenFor = Math.max(0, Math.round(last - firstSeen));
  return changeOf(rules, 'closed', at, knownBy, row, { seenFor, traffic });
}

/** A row of a round, and how its socket is looked for. */
interface FoundRow {
  readonly row: Socket;
  readonly cookie: Cookie | null;
  /** null: by its cookie. */
  readonly ends: string | null;
}

/**
 * Tells the rows of one round that show a socket once more: a table can change while it is read. Of two TCP
 * connections the ends differ, of two sockets the cookies.
 */
function repeats(): (found: FoundRow) => boolean {
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

/** Of a round's row, where it was asked for. */
function lastTraffic(row: Socket): LastTraffic | null {
  return row.protocol === 'tcp' ? trafficOf(row.tcpInfo) : null;
}

function trafficOf(info: TcpInfo | null | undefined): LastTraffic | null {
  if (info === null || info === undefined) return null;
  const { bytesSent, bytesReceived, rtt, retransmitted } = info;
  return { bytesSent, bytesReceived, rtt, retransmitted };
}

/** No socket any more, but what the kernel remembers of a connection. */
function isRemnantState({ protocol, state, inode }: Socket): boolean {
  return protocol === 'tcp' && (state === 'TIME_WAIT' || (state === 'FIN_WAIT2' && inode === null));
}

/** Not one that listens or is only bound: it has, or had, another end. Of a refused one the port is gone. */
export function isTcpConnection(socket: Socket): boolean {
  if (socket.protocol !== 'tcp') return false;
  return socket.remote.port !== 0 || !isAnyAddress(socket.remote.address);
}

/** How far a TCP connection has come: it never goes back. */
const progress: Readonly<Record<string, number>> = {
  ...{ SYN_SENT: 0, SYN_RECV: 0, ESTABLISHED: 1, FIN_WAIT1: 2, CLOSE_WAIT: 2 },
  ...{ FIN_WAIT2: 3, CLOSING: 3, LAST_ACK: 3, TIME_WAIT: 4, CLOSE: 5, DELETE_TCB: 5 },
};

/** Whether a row with the same ends can be of the same socket. */
function goesOn({ row: before }: Known, row: Socket): boolean {
  if (before.inode !== null && row.inode !== null && before.inode !== row.inode) return false;
  if (before.protocol === 'unix' || row.protocol === 'unix') return true;
  const { createdAt } = row;
  if (createdAt != null && before.createdAt != null && createdAt !== before.createdAt) return false;
  if (row.protocol !== 'tcp') return true;
  const then = progress[before.state ?? ''];
  const now = progress[row.state ?? ''];
  return then === undefined || now === undefined || then <= now;
}

/** Who had it, as far as that is known: none where it is certain to have none. null: not known. */
function knownOwners({ owners, noOwner }: Socket): readonly Owner[] | null {
  if (owners === null) return null;
  return owners.length > 0 || noOwner === 'none' ? owners : null;
}

/** The same processes, whatever they call themselves by now. */
function areSame(before: readonly Owner[], after: readonly Owner[]): boolean {
  const pids = new Set(before.map(({ pid }) => pid));
  return (
    new Set(after.map(({ pid }) => pid)).size === pids.size &&
    after.every(({ pid }) => pids.has(pid))
  );
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

/** What a socket is looked for by where no cookie tells it. */
function endsOf(socket: Socket): string {
  if (socket.protocol === 'unix') {
    // An inode is one socket's for as long as it lives, whatever it is bound to.
    const { inode, path, type } = socket;
    return `${placeKey(socket)} unix ${inode === null ? `${type} ${path}` : inode}`;
  }
  const { protocol, family, local, remote } = socket;
  return `${placeKey(socket)} ${protocol} ${family} ${local.address}%${local.zone ?? ''} ${local.port} ${remote.address} ${remote.port}`;
}
