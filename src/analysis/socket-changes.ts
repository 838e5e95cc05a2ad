import { isAnyAddress } from '../model/address-text.ts';
import type { Owner } from '../model/owner.ts';
import type { Socket } from '../model/socket.ts';
import type { ChangeKind, Closing, LastTraffic, SocketChange } from '../model/socket-event.ts';
import type { TcpInfo } from '../model/tcp-info.ts';
import {
  type Cookie,
  cookieOf,
  type FoundRow,
  foundRow,
  hasPassed,
  type Known,
  knownAgain,
  knownAsClosed,
  type RememberedSockets,
  rememberedSockets,
  repeats,
} from './remembered-sockets.ts';

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
 * Follows sockets from round to round. They are told apart as sockets: by their cookie where the kernel
 * tells it, else by namespace, protocol, ends, inode and the order of TCP's states. A port that is closed and
 * opened by another socket is closed and opened.
 *
 * A TCP connection is closed when its socket is: what TIME_WAIT (and FIN_WAIT2 behind it) shows is what the
 * kernel remembers of it, not a socket. Where rounds alone tell, one that is first seen so lived between
 * two rounds.
 */
export function socketChanges(rules: ChangeRules): SocketChanges {
  const sockets = rememberedSockets();
  const following: Following = { rules, sockets, goneBefore: new Map(), rounds: 0, isLost: false };
  return {
    round: (round) => changesOf(following, round),
    closing: (closing) => changeOfClosing(following, closing),
    lost() {
      following.isLost = true;
    },
    wasFollowed: (row) => hasPassed(sockets, row),
    followed() {
      let count = 0;
      for (const { passes, isRemnant } of sockets.all) if (passes && !isRemnant) count++;
      return count;
    },
    remembered: () => sockets.all.size + following.goneBefore.size,
  };
}

/** What is kept from round to round. */
interface Following {
  readonly rules: ChangeRules;
  readonly sockets: RememberedSockets;
  /** Cookies of sockets that a round found gone before the kernel told of them, and which round that was. */
  readonly goneBefore: Map<Cookie, number>;
  /** How many rounds there were, the one included that is being compared. */
  rounds: number;
  /** Some of what the kernel told since the last round was lost. */
  isLost: boolean;
}

/** What a round changed: what is gone, what goes on and is not as it was, what has come. */
function changesOf(following: Following, round: SocketRound): readonly SocketChange[] {
  const { sockets } = following;
  following.rounds++;
  sockets.haveChanged();
  const changed: SocketChange[] = [];
  const fresh = goingOn(following, round, changed);
  const gone = missed(following, round);
  const opened: SocketChange[] = [];
  for (const { row, cookie } of fresh) {
    const older = sockets.withCookie(cookie);
    // The same socket with other ends: another connection of it.
    if (older !== undefined) end(following, older, round.at, gone);
    const change = appear(following, row, cookie, round.at);
    if (change !== null) opened.push(change);
  }
  sockets.haveChanged();
  following.isLost = false;
  return following.rounds === 1 ? [] : [...gone, ...changed, ...opened];
}

/**
 * Goes on with the sockets that were there before, and tells what of them changed.
 * @returns the rows of others
 */
function goingOn(
  following: Following,
  { rows, at }: SocketRound,
  told: SocketChange[],
): readonly FoundRow[] {
  const { rules, sockets, rounds } = following;
  const fresh: FoundRow[] = [];
  const repeated = repeats();
  for (const row of rows) {
    // The kernel tells when the socket is gone; what it remembers of it is not read on.
    if (row.state === 'TIME_WAIT' && rules.kernelTells(row)) continue;
    const found = foundRow(row);
    if (repeated(found)) continue;
    const known = knownAgain(sockets, found, rounds);
    if (known === null) {
      fresh.push(found);
      continue;
    }
    known.seenIn = rounds;
    known.lastSeen = at;
    known.isMissed = false;
    goOn(rules, known, row, at, told);
  }
  return fresh;
}

/** A socket that was there before: what of it changed. */
function goOn(
  rules: ChangeRules,
  known: Known,
  row: Socket,
  at: number,
  told: SocketChange[],
): void {
  const { row: before, passes: passed, owners: had } = known;
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
function missed(following: Following, { at, isWhole }: SocketRound): SocketChange[] {
  const { sockets, goneBefore, rounds } = following;
  const told: SocketChange[] = [];
  for (const known of sockets.all) {
    if (known.seenIn === rounds || !isWhole) continue;
    if (mayBeTold(following, known)) {
      known.isMissed = true;
      continue;
    }
    if (known.cookie !== null) goneBefore.set(known.cookie, rounds);
    end(following, known, at, told);
  }
  // In the order in which they came.
  for (const [cookie, round] of goneBefore) {
    if (rounds - round < lateRounds) break;
    goneBefore.delete(cookie);
  }
  return told;
}

/** So many rounds late may the kernel's word be, where a machine is busy, for a close that a round has told. */
const lateRounds = 60;

/** The kernel's word may be on its way; that of a connection which was never whole never comes. */
function mayBeTold({ rules, isLost }: Following, known: Known): boolean {
  return (
    known.cookie !== null &&
    !isLost &&
    !known.isMissed &&
    known.row.state !== 'SYN_RECV' &&
    !known.isRemnant &&
    rules.kernelTells(known.row)
  );
}

/** A socket that a round shows to be gone. */
function end({ rules, sockets }: Following, known: Known, at: number, told: SocketChange[]): void {
  sockets.forget(known);
  if (known.passes && !known.isRemnant) {
    told.push(closedOf(rules, known, at, 'round', lastTraffic(known.row)));
  }
}

/** A socket that a round sees for the first time. */
function appear(
  { rules, sockets, goneBefore, rounds }: Following,
  row: Socket,
  cookie: Cookie | null,
  at: number,
): SocketChange | null {
  const isRemnant = isRemnantState(row);
  if (isRemnant && rules.kernelTells(row)) return null;
  const passes = rules.passes(row);
  const owners = knownOwners(row);
  const isFirstRound = rounds === 1;
  sockets.add({
    row,
    cookie,
    ends: null,
    firstSeen: at,
    lastSeen: at,
    passes,
    owners,
    awaitsOwner: !isFirstRound && rules.withOwners && !passes && owners === null,
    isMissed: false,
    isRemnant,
    seenIn: rounds,
  });
  if (cookie !== null) goneBefore.delete(cookie);
  if (isFirstRound || !passes) return null;
  return isRemnant
    ? changeOf(rules, 'closed', at, 'round', row, { traffic: lastTraffic(row) })
    : changeOf(rules, 'opened', at, 'round', row);
}

/** What the kernel told of a socket as it destroyed it; null: nothing that is followed, or that was told before. */
function changeOfClosing(following: Following, closing: Closing): SocketChange | null {
  const { rules, sockets, goneBefore } = following;
  const { at, socket, tcpInfo } = closing;
  const known = knownAsClosed(sockets, socket);
  if (known !== undefined) {
    sockets.forget(known);
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
}

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
