import { isAnyAddress } from '../../model/address/text.ts';
import type { Closing, LastTraffic, SocketChange } from '../../model/report/socket-event.ts';
import type { NoOwner, Owner } from '../../model/socket/owner.ts';
import { type InetSocket, type Socket, withFields } from '../../model/socket/socket.ts';
import type { TcpInfo } from '../../model/socket/tcp-info.ts';
import type { NoWorkload } from '../../model/socket/workload.ts';
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

/** Which changes are reported, and how they are detected. */
export interface ChangeRules {
  /** Whether a socket is followed, by everything known about it. */
  passes(socket: Socket): boolean;
  /** The same for a socket that no round saw, by what the kernel reports when it closes. */
  passesUnseen(closing: Closing): boolean;
  /** Whether the kernel reports when such a socket is destroyed. */
  kernelReports(socket: Socket): boolean;
  /** Whether owners are asked for. */
  readonly withOwners: boolean;
  /** Whether each connection is reported with its `tcpInfo`. */
  readonly withTcpInfo: boolean;
  /** The time of a round or close, as ISO 8601. */
  timeOf(at: number): string;
}

/** What one reading of all sockets found. */
interface SocketRound {
  /** When it began, in milliseconds of a monotonic clock. */
  readonly at: number;
  readonly rows: readonly Socket[];
  /** Whether a socket of an earlier round may exist although it is not in `rows`. */
  mayLack(row: Socket): boolean;
}

/** Detects changes from rounds and from what the kernel reports in between. */
export interface SocketChanges {
  /** The changes since the round before. The first round returns none: the others are compared with it. */
  round(round: SocketRound): readonly SocketChange[];
  /** null: not followed, or already reported. */
  closing(closing: Closing): SocketChange | null;
  /** Some of the kernel's messages were lost: the next round does not wait for them. */
  lost(): void;
  /** Whether this row's socket was followed when it was last seen. */
  wasFollowed(row: Socket): boolean;
  /** How many sockets are followed. */
  followed(): number;
  /** How many sockets are remembered, including those that are not followed but may be later. */
  remembered(): number;
}

/**
 * Follows sockets from round to round. They are identified by their cookie if the kernel reports it, otherwise by
 * namespace, protocol, ends, inode and the order of TCP's states. A port that one socket closes and another opens
 * is reported as closed and opened.
 *
 * A TCP connection is closed when its socket is: TIME_WAIT (and FIN_WAIT2 after it) is what the kernel remembers of
 * it, not a socket. Without the kernel's messages, a connection first seen in such a state lived between two
 * rounds.
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
      for (const { passing, isRemnant } of sockets.all) {
        if (passing !== null && !isRemnant) count++;
      }
      return count;
    },
    remembered: () => sockets.all.size + following.goneBefore.size,
  };
}

/** State kept from round to round. */
interface Following {
  readonly rules: ChangeRules;
  readonly sockets: RememberedSockets;
  /** Cookies of sockets that a round found gone before the kernel reported them, and the number of that round. */
  readonly goneBefore: Map<Cookie, number>;
  /** The number of rounds, including the current one. */
  rounds: number;
  /** Some of the kernel's messages since the last round were lost. */
  isLost: boolean;
}

/** The changes of a round: closed sockets, then changed ones, then opened ones. */
function changesOf(following: Following, round: SocketRound): readonly SocketChange[] {
  const { sockets } = following;
  following.rounds++;
  sockets.haveChanged();
  const changed: SocketChange[] = [];
  const fresh = updateKnown(following, round, changed);
  const gone = endMissing(following, round);
  const opened: SocketChange[] = [];
  for (const { row, cookie } of fresh) {
    const older = sockets.withCookie(cookie);
    // The same socket with other ends: another connection on it.
    if (older !== undefined) endSocket(following, older, round.at, gone);
    const change = addNew(following, row, cookie, round.at);
    if (change !== null) opened.push(change);
  }
  sockets.haveChanged();
  following.isLost = false;
  return following.rounds === 1 ? [] : [...gone, ...changed, ...opened];
}

/**
 * Updates the sockets that existed before, and reports their changes.
 * @returns the rows of sockets that did not
 */
function updateKnown(
  following: Following,
  { rows, at }: SocketRound,
  changes: SocketChange[],
): readonly FoundRow[] {
  const { rules, sockets, rounds } = following;
  const fresh: FoundRow[] = [];
  const repeated = repeats();
  for (const row of rows) {
    // The kernel reports when the socket is gone; what remains of it is not followed.
    if (isFreed(row) && rules.kernelReports(row)) continue;
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
    updateOne(rules, known, row, at, changes);
  }
  return fresh;
}

/** Updates a socket that existed before, and reports what changed. */
function updateOne(
  rules: ChangeRules,
  known: Known,
  row: Socket,
  at: number,
  changes: SocketChange[],
): void {
  const { row: before, passing: passingBefore, owners: ownersBefore } = known;
  if (known.isRemnant) {
    known.row = row;
    return;
  }
  if (isRemnantState(row) && !rules.kernelReports(row)) {
    // Its socket is gone: the row of the round before is reported.
    if (passingBefore !== null)
      changes.push(closedOf(rules, known, at, 'round', lastTraffic(before)));
    known.isRemnant = true;
    return;
  }
  const owners = knownOwners(row);
  const replaced = replacedOwners(ownersBefore, owners);
  known.row = withLastOwners(row, before, replaced === null);
  known.passing = passingNow(rules, passingBefore, row, replaced !== null);
  if (owners !== null) known.owners = owners;
  const isReported = known.passing !== null || passingBefore !== null;
  const changesBefore = changes.length;
  if (isReported && before.state !== row.state) {
    changes.push(
      changeOf(rules, at, {
        event: 'state',
        knownBy: 'round',
        socket: row,
        stateBefore: before.state,
      }),
    );
  }
  if (isReported && replaced !== null) {
    changes.push(
      changeOf(rules, at, {
        event: 'owner',
        knownBy: 'round',
        socket: row,
        ownersBefore: replaced,
      }),
    );
  }
  if (known.awaitsOwner && owners !== null) {
    known.awaitsOwner = false;
    const isUnreported = changes.length === changesBefore;
    if (known.passing !== null && isUnreported) {
      changes.push(changeOf(rules, at, { event: 'opened', knownBy: 'round', socket: row }));
    }
  }
}

/**
 * The row by which a socket is followed from now on; null: it is not. Once followed, it stays so until an event says
 * why it does not pass any more: its new state, or its new owners. It does not lose its owner, its user or its inode
 * by being closed while the kernel still sends its data, nor by being on its way to another process.
 */
function passingNow(
  { passes }: ChangeRules,
  before: Socket | null,
  row: Socket,
  hasOtherOwners: boolean,
): Socket | null {
  if (passes(row)) return row;
  if (before === null) return null;
  const held = hasOtherOwners ? withOwnersOf(before, row) : before;
  const asBefore = withFields(held, { state: row.state });
  return passes(asBefore) ? asBefore : null;
}

/**
 * The row with the owners or the workload of the round before where this one could not tell: a round may fall into the
 * end of the process, and the event that the socket is closed names who had it.
 */
function withLastOwners(row: Socket, before: Socket, isSameOwner: boolean): Socket {
  if (isOwnerUnknown(row)) return isOwnerUnknown(before) ? row : withOwnersOf(row, before);
  const isWorkloadLost = isUnseen(row.noWorkload) && Boolean(before.workload) && isSameOwner;
  return isWorkloadLost ? withFields(row, belonging(before)) : row;
}

/** Whether nothing is known of who has it: its workload where no owners are asked for. */
function isOwnerUnknown({ owners, noOwner, noWorkload }: Socket): boolean {
  return isUnseen(owners === null ? noWorkload : noOwner);
}

/** Whether a reason says that there may be one. */
function isUnseen(reason: NoOwner | NoWorkload | null | undefined): boolean {
  return reason === 'unknown' || reason === 'denied';
}

/** The row with the owners of another, and what is known through them. */
function withOwnersOf(row: Socket, other: Socket): Socket {
  const { owners, noOwner } = other;
  return withFields(row, { owners, noOwner, ...belonging(other) });
}

/** What a socket belongs to. */
function belonging({ workload, workloads, noWorkload, cgroup }: Socket) {
  return { workload, workloads, noWorkload, cgroup };
}

/** The sockets that existed before and are not in this round. */
function endMissing(following: Following, { at, mayLack }: SocketRound): SocketChange[] {
  const { sockets, goneBefore, rounds } = following;
  const changes: SocketChange[] = [];
  for (const known of sockets.all) {
    if (known.seenIn === rounds || mayLack(known.row)) continue;
    if (mayYetBeReported(following, known)) {
      known.isMissed = true;
      continue;
    }
    if (known.cookie !== null) goneBefore.set(known.cookie, rounds);
    endSocket(following, known, at, changes);
  }
  // In the order in which they were added.
  for (const [cookie, round] of goneBefore) {
    if (rounds - round < lateRounds) break;
    goneBefore.delete(cookie);
  }
  return changes;
}

/** How many rounds later the kernel's message of a close may still come on a busy machine. */
const lateRounds = 60;

/** Whether the kernel's message may still be on its way. None ever comes for a half-open connection. */
function mayYetBeReported({ rules, isLost }: Following, known: Known): boolean {
  return (
    known.cookie !== null &&
    !isLost &&
    !known.isMissed &&
    known.row.state !== 'SYN_RECV' &&
    !known.isRemnant &&
    rules.kernelReports(known.row)
  );
}

/** Reports a socket that a round no longer shows. */
function endSocket(
  { rules, sockets }: Following,
  known: Known,
  at: number,
  changes: SocketChange[],
): void {
  sockets.forget(known);
  if (known.passing !== null && !known.isRemnant) {
    changes.push(closedOf(rules, known, at, 'round', lastTraffic(known.row)));
  }
}

/** Adds a socket that a round shows for the first time. */
function addNew(
  { rules, sockets, goneBefore, rounds }: Following,
  row: Socket,
  cookie: Cookie | null,
  at: number,
): SocketChange | null {
  const isRemnant = isRemnantState(row) && !rules.kernelReports(row);
  const passes = rules.passes(row);
  const owners = knownOwners(row);
  const isFirstRound = rounds === 1;
  sockets.add({
    row,
    cookie,
    ends: null,
    firstSeen: at,
    lastSeen: at,
    passing: passes ? row : null,
    owners,
    awaitsOwner: !isFirstRound && rules.withOwners && !passes && owners === null,
    isMissed: false,
    isRemnant,
    seenIn: rounds,
  });
  if (cookie !== null) goneBefore.delete(cookie);
  if (isFirstRound || !passes) return null;
  return isRemnant
    ? changeOf(rules, at, {
        event: 'closed',
        knownBy: 'round',
        socket: row,
        traffic: lastTraffic(row),
      })
    : changeOf(rules, at, { event: 'opened', knownBy: 'round', socket: row });
}

/** Handles the kernel's message of a destroyed socket; null: not followed, or already reported. */
function changeOfClosing(following: Following, closing: Closing): SocketChange | null {
  const { rules, sockets, goneBefore } = following;
  const { at, socket, tcpInfo } = closing;
  const known = knownAsClosed(sockets, socket);
  if (known !== undefined) {
    sockets.forget(known);
    if (known.passing === null) return null;
    const { row } = known;
    const isConnection = isTcpConnection(row);
    if (rules.withTcpInfo && isConnection && tcpInfo !== null) known.row = { ...row, tcpInfo };
    const traffic = trafficOf(tcpInfo) ?? lastTraffic(known.row);
    return closedOf(rules, known, at, 'kernel', isConnection ? traffic : null);
  }
  const cookie = cookieOf(socket);
  if (cookie !== null && goneBefore.delete(cookie)) return null;
  // Without a port it was never in any table.
  if (socket.local.port === 0 || !rules.passesUnseen(closing)) return null;
  const traffic = isTcpConnection(socket) ? trafficOf(tcpInfo) : null;
  return changeOf(rules, at, { event: 'closed', knownBy: 'kernel', socket, traffic });
}

/** A change, with null for what is not said of it. */
function changeOf(
  { timeOf }: Pick<ChangeRules, 'timeOf'>,
  at: number,
  said: Pick<SocketChange, 'event' | 'knownBy' | 'socket'> & Partial<SocketChange>,
): SocketChange {
  const { event, knownBy, socket } = said;
  const { seenFor = null, stateBefore = null, ownersBefore = null, traffic = null } = said;
  const time = timeOf(at);
  return { event, time, knownBy, seenFor, stateBefore, ownersBefore, traffic, socket };
}

/** If only rounds show that it closed, it was certainly open no longer than when it was last seen. */
function closedOf(
  rules: Pick<ChangeRules, 'timeOf'>,
  { row, firstSeen, lastSeen }: Known,
  at: number,
  knownBy: SocketChange['knownBy'],
  traffic: LastTraffic | null,
): SocketChange {
  const last = knownBy === 'kernel' ? at : lastSeen;
  const seenFor = Math.max(0, Math.round(last - firstSeen));
  return changeOf(rules, at, { event: 'closed', knownBy, socket: row, seenFor, traffic });
}

/** The last traffic in a round's row, if it has `tcpInfo`. */
function lastTraffic(row: Socket): LastTraffic | null {
  return row.protocol === 'tcp' ? trafficOf(row.tcpInfo) : null;
}

function trafficOf(info: TcpInfo | null | undefined): LastTraffic | null {
  if (info === null || info === undefined) return null;
  const { bytesSent, bytesReceived, rtt, retransmitted } = info;
  return { bytesSent, bytesReceived, rtt, retransmitted };
}

/**
 * Not a socket any more: what the kernel remembers of a connection. A FIN_WAIT2 is one once its program has closed it,
 * so that it has no inode; platforms without inodes have no timers either.
 */
function isRemnantState(socket: Socket): boolean {
  if (socket.protocol !== 'tcp') return false;
  const { state, inode, timer } = socket;
  return state === 'TIME_WAIT' || (state === 'FIN_WAIT2' && inode === null && timer !== null);
}

/** A remnant whose full socket is freed: with a long tcp_fin_timeout the kernel keeps that in FIN_WAIT2. */
function isFreed(socket: Socket): boolean {
  if (socket.protocol !== 'tcp') return false;
  return socket.state === 'TIME_WAIT' || socket.timer?.kind === 'timewait';
}

/**
 * Not one that listens or is only bound: it has, or had, a remote end. A refused connection has only the address
 * left.
 */
export function isTcpConnection(
  socket: Socket,
): socket is InetSocket & { readonly protocol: 'tcp' } {
  if (socket.protocol !== 'tcp') return false;
  return socket.remote.port !== 0 || !isAnyAddress(socket.remote.address);
}

/** The owners, as far as known: empty if it certainly has none. null: not known. */
function knownOwners({ owners, noOwner }: Socket): readonly Owner[] | null {
  if (owners === null) return null;
  return owners.length > 0 || noOwner === 'none' ? owners : null;
}

/** The owners before, if others are known now; null: they are the same, or not known. */
function replacedOwners(
  before: readonly Owner[] | null,
  now: readonly Owner[] | null,
): readonly Owner[] | null {
  if (before === null || now === null || now.length === 0 || areSame(before, now)) return null;
  return before;
}

/** Whether these are the same processes; their names may have changed. */
function areSame(before: readonly Owner[], after: readonly Owner[]): boolean {
  const pids = new Set(before.map(({ pid }) => pid));
  return (
    new Set(after.map(({ pid }) => pid)).size === pids.size &&
    after.every(({ pid }) => pids.has(pid))
  );
}
