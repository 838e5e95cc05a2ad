import { addTo } from '../../model/add-to.ts';
import { PackedRow } from '../../model/packed/row.ts';
import {
  type KeptRows,
  keepPack,
  packIn,
  type SocketBatch,
  type WritablePack,
} from '../../model/packed/sockets.ts';
import type { Mark, MarkedSocket } from '../../model/report/marked-socket.ts';
import type { Socket } from '../../model/socket/socket.ts';
import {
  type KeptRow,
  keepPackedRow,
  keepRow,
  newPackedRow,
  newRow,
  settleRow,
} from './kept-row.ts';
import { endsOf } from './socket-ends.ts';

/** Which sockets may exist although a round does not show them. */
export interface Sight {
  /** Whether it may be hidden from this round though the one before had it. */
  hasLost(socket: Socket): boolean;
  /** Whether it may be among sockets that could be read neither in this round nor in earlier ones. */
  isLimited(socket: Socket): boolean;
  /** Whether it may have been hidden from the round before, though this one has it. */
  hasRegained(socket: Socket): boolean;
}

/** How long a hidden socket is remembered, in milliseconds. */
const longestAbsence = 600_000;

/** Marks sockets that are new, changed their state or were closed since the previous round. */
export interface RoundMarks {
  /** Begins a round at this time, in milliseconds. */
  begin(at: number): void;
  /** Adds rows of the round, in order. */
  add(rows: SocketBatch): void;
  /**
   * Ends the round. Sockets that are missing but may be hidden are not shown, and are not new when they come back.
   * @returns what to show: the round's sockets in order, and each closed one in its old position
   */
  end(sight: Sight): MarkedSocket[];
  /**
   * Removes expired marks, and closed sockets with them, when time has passed without a round. Returns the rows left;
   * null: nothing has expired.
   */
  expire(at: number, shown: readonly MarkedSocket[]): MarkedSocket[] | null;
  /** Whether a row that was shown is now hidden. */
  isHidden(row: MarkedSocket): boolean;
  /** Forgets all sockets, for another query: nothing in the next round is new. */
  restart(): void;
}

interface Entry extends MarkedSocket, KeptRow {
  socket: Socket;
  mark: Mark | null;
  /** When it was marked, or became hidden. */
  since: number;
  /** It may exist, but is not shown. */
  isHidden: boolean;
  /** The number of the last round that had it. */
  seenIn: number;
  /** Its inode, or its ends if it has none, with a number if several have the same ends. */
  key: number | string;
  /** Its index among the rows shown last. */
  at: number;
}

/** What is kept between rounds, and the state of the current round. */
interface Marking {
  readonly lingering: number;
  known: Map<number | string, Entry>;
  /** What was shown last, including hidden entries. */
  shown: readonly Entry[];
  /** The sockets of this round, in order. */
  now: Entry[];
  /** Those that were not known before. */
  fresh: Entry[];
  /** The rows that came packed. */
  packs: WritablePack[];
  /** The start of the round. */
  time: number;
  /** The number of the round. */
  round: number;
  /** No socket is marked as new. */
  isFirst: boolean;
  /** Some row may have a mark. */
  isAnyMarked: boolean;
  /** The index in `shown` to look at first for the next row. */
  place: number;
  /** The number of rows in this round by their ends, where several may have the same. */
  alike: Map<string, number>;
}

/**
 * Keeps sockets from round to round; a mark stays for `lingering` milliseconds. A socket is recognized by its inode, or
 * by its protocol and ends if it has none. A connection keeps its row when it loses its inode at its end (TIME_WAIT),
 * and when it gets one by being accepted.
 */
export function roundMarks(lingering: number): RoundMarks {
  const marking: Marking = {
    ...{ lingering, known: new Map(), shown: [], now: [], fresh: [], packs: [] },
    ...{ time: 0, round: 0, isFirst: true, isAnyMarked: false, place: 0, alike: new Map() },
  };
  return {
    begin(at) {
      marking.time = at;
      marking.round++;
      marking.place = 0;
      marking.now = [];
      marking.fresh = [];
      marking.packs = [];
      marking.alike = new Map();
    },
    add(batch) {
      const pack = packIn(batch);
      if (pack === null) addRows(marking, batch as readonly Socket[]);
      else for (const rows of keepPack(marking.packs, pack)) addPacked(marking, rows);
    },
    end: (sight) => endRound(marking, sight),
    expire: (at, rows) => withoutExpired(marking, at, rows as readonly Entry[]),
    isHidden: (row) => (row as Entry).isHidden,
    restart() {
      marking.known = new Map();
      marking.shown = [];
      marking.now = [];
      marking.fresh = [];
      marking.isFirst = true;
    },
  };
}

function addRows(marking: Marking, rows: readonly Socket[]): void {
  for (const socket of rows) addSocket(marking, socket);
}

function addSocket(marking: Marking, socket: Socket): void {
  const key = keyIn(marking.alike, socket);
  const entry = entryAt(marking, key);
  if (!isKnown(entry, socket.state)) {
    addEntry(marking, key, newRow(socket));
  } else if (seeAgain(marking, entry, socket.state)) {
    keepRow(entry, socket);
  }
}

/** The same for packed rows. The pack must not change. */
function addPacked(marking: Marking, { pack, from }: KeptRows): void {
  for (let row = from; row < pack.length; row++) {
    const key = pack.inodes[row] || keyIn(marking.alike, new PackedRow(pack, row).asSocket());
    const state = pack.table.stateOf(pack.states[row] as number);
    const entry = entryAt(marking, key);
    if (!isKnown(entry, state)) {
      addEntry(marking, key, newPackedRow(pack, row));
    } else if (seeAgain(marking, entry, state)) {
      keepPackedRow(entry, pack, row);
    }
  }
}

/** Returns the entry with this key, from an earlier round or this one. */
function entryAt(marking: Marking, key: Entry['key']): Entry | undefined {
  // Most rows come in the same order as in the previous round.
  const next = marking.shown[marking.place];
  const isNext = next !== undefined && next.key === key && next.mark !== 'closed';
  const entry = isNext ? next : marking.known.get(key);
  if (entry !== undefined) marking.place = entry.at + 1;
  return entry;
}

/** Whether a row in this state belongs to the entry. */
function isKnown(entry: Entry | undefined, state: Socket['state']): entry is Entry {
  return entry !== undefined && entry.mark !== 'closed' && !isReborn(entry.socket.state, state);
}

/**
 * Adds a known entry to the round; returns false if it was there already: a table may show a row twice while it
 * changes.
 */
function seeAgain(marking: Marking, entry: Entry, state: Socket['state']): boolean {
  if (entry.seenIn === marking.round) return false;
  updateEntry(marking, entry, state);
  marking.now.push(entry);
  return true;
}

function addEntry(marking: Marking, key: Entry['key'], kept: KeptRow): void {
  const { known, fresh, now, time, round, isFirst } = marking;
  const made: Entry = {
    socket: kept.socket,
    isBare: kept.isBare,
    mark: null,
    since: time,
    isHidden: false,
    seenIn: round,
    key,
    at: 0,
  };
  if (!isFirst) mark(marking, made, 'new');
  known.set(key, made);
  fresh.push(made);
  now.push(made);
}

/** Returns the key of a row in its round. */
function keyIn(alike: Map<string, number>, socket: Socket): number | string {
  const key = keyOf(socket);
  if (typeof key === 'number' || !mayBeAlike(socket)) return key;
  const before = alike.get(key) ?? 0;
  alike.set(key, before + 1);
  return before === 0 ? key : `${key}\0${before}`;
}

/** Updates a known entry, now in this state. */
function updateEntry(marking: Marking, entry: Entry, state: Socket['state']): void {
  const { lingering, time, round } = marking;
  if (entry.socket.state !== state) mark(marking, entry, 'changed');
  else if (entry.mark !== null && time - entry.since >= lingering) entry.mark = null;
  entry.seenIn = round;
  entry.isHidden = false;
}

function mark(marking: Marking, entry: Entry, what: Mark | null): void {
  entry.mark = what;
  entry.since = marking.time;
  if (what !== null) marking.isAnyMarked = true;
}

/** Ends the round: finds the missing sockets, and returns what to show. */
function endRound(marking: Marking, sight: Sight): MarkedSocket[] {
  for (const entry of marking.fresh) if (sight.hasRegained(entry.socket)) entry.mark = null;
  const missed = rejoin(
    marking,
    marking.shown.filter((entry) => entry.seenIn !== marking.round),
  );
  if (missed.length > 0) marking.now = withKept(marking.now, keptOf(marking, missed, sight));
  marking.isFirst = false;
  const { now } = marking;
  let open = 0;
  let hidden = 0;
  marking.isAnyMarked = false;
  for (let at = 0; at < now.length; at++) {
    const entry = now[at] as Entry;
    entry.at = at;
    if (entry.mark !== 'closed') open++;
    if (entry.mark !== null) marking.isAnyMarked = true;
    if (entry.isHidden) hidden++;
  }
  // There may be entries of an aborted round that no other round has seen.
  if (marking.known.size > open) {
    marking.known = new Map(now.flatMap((one) => (one.mark === 'closed' ? [] : [[one.key, one]])));
  }
  marking.shown = now;
  marking.now = [];
  marking.fresh = [];
  return hidden === 0 ? now : now.filter(({ isHidden }) => !isHidden);
}

/**
 * Joins connections whose inode appeared or disappeared: an entry that is new, and a missing one with the same ends.
 * @returns what is still missing
 */
function rejoin(marking: Marking, missed: readonly Entry[]): readonly Entry[] {
  if (missed.length === 0) return missed;
  const { known } = marking;
  const candidates = marking.fresh.filter(({ socket }) => socket.protocol === 'tcp');
  if (candidates.length === 0) return missed;
  const byEnds = new Map<string, Entry>();
  for (const entry of missed) {
    if (entry.socket.protocol !== 'tcp' || entry.mark === 'closed') continue;
    byEnds.set(endsOf(entry.socket), entry);
  }
  const found = new Set<Entry>();
  const replaced = new Map<Entry, Entry>();
  for (const entry of candidates) {
    const before = byEnds.get(endsOf(entry.socket));
    if (before === undefined || found.has(before)) continue;
    // Two inodes are two sockets; after TIME_WAIT it is another connection.
    if (before.socket.inode && entry.socket.inode) continue;
    if (before.socket.state === 'TIME_WAIT') continue;
    found.add(before);
    known.delete(before.key);
    before.key = entry.key;
    known.set(entry.key, before);
    updateEntry(marking, before, entry.socket.state);
    keepRow(before, entry.socket);
    replaced.set(entry, before);
  }
  if (found.size === 0) return missed;
  marking.now = marking.now.map((entry) => replaced.get(entry) ?? entry);
  return missed.filter((entry) => !found.has(entry));
}

/**
 * Marks missing entries as closed or hidden.
 * @returns those to keep, by the entry that they follow
 */
function keptOf(
  marking: Marking,
  missed: readonly Entry[],
  sight: Sight,
): ReadonlyMap<Entry | null, readonly Entry[]> {
  const { known, shown, time, lingering } = marking;
  const isMissed = new Set(missed);
  const behind = new Map<Entry | null, Entry[]>();
  let last: Entry | null = null;
  for (const entry of shown) {
    if (!isMissed.has(entry)) {
      last = entry;
      continue;
    }
    const fate = fateOf(entry, time - entry.since, lingering, sight);
    if (fate !== 'hidden' && known.get(entry.key) === entry) known.delete(entry.key);
    settleRow(entry);
    if (fate === 'closed' && entry.mark !== 'closed') mark(marking, entry, 'closed');
    if (fate === 'hidden' && !entry.isHidden) mark(marking, entry, null);
    entry.isHidden = fate === 'hidden';
    if (fate === 'forgotten') continue;
    addTo(behind, last, entry);
  }
  return behind;
}

/** Returns what becomes of a missing entry; `since`: milliseconds since it was marked or hidden. */
function fateOf(
  entry: Entry,
  since: number,
  lingering: number,
  sight: Sight,
): 'closed' | 'hidden' | 'forgotten' {
  if (entry.mark === 'closed') return since < lingering ? 'closed' : 'forgotten';
  if (!entry.isHidden) return sight.hasLost(entry.socket) ? 'hidden' : 'closed';
  if (!sight.isLimited(entry.socket)) return 'closed';
  return since < longestAbsence ? 'hidden' : 'forgotten';
}

/** Returns the round's sockets, with each kept one in its old position. */
function withKept(now: Entry[], behind: ReadonlyMap<Entry | null, readonly Entry[]>): Entry[] {
  if (behind.size === 0) return now;
  const all: Entry[] = [...(behind.get(null) ?? [])];
  for (const entry of now) {
    all.push(entry);
    for (const kept of behind.get(entry) ?? []) all.push(kept);
  }
  return all;
}

/** Returns the rows left when expired marks are removed; null: none has expired. */
function withoutExpired(
  marking: Marking,
  at: number,
  rows: readonly Entry[],
): MarkedSocket[] | null {
  if (!marking.isAnyMarked) return null;
  const isOver = ({ since }: Entry) => at - since >= marking.lingering;
  let isAnyOver = false;
  for (const entry of rows) {
    if (entry.mark === null || !isOver(entry)) continue;
    isAnyOver = true;
    if (entry.mark !== 'closed') entry.mark = null;
  }
  if (!isAnyOver) return null;
  const stays = (entry: Entry) => entry.mark !== 'closed' || !isOver(entry);
  marking.shown = marking.shown.filter(stays);
  return rows.filter(stays);
}

/** Whether a new connection reuses the ends of one in TIME_WAIT. */
function isReborn(before: Socket['state'], now: Socket['state']): boolean {
  return before === 'TIME_WAIT' && now !== 'TIME_WAIT';
}

/** Returns the inode, or the ends: SCTP's associations share the inode of their socket. */
function keyOf(socket: Socket): number | string {
  const { inode, host } = socket;
  if (!inode || socket.protocol === 'sctp') return endsOf(socket);
  // Inodes are unique only within a machine.
  return host === undefined ? inode : `${host}\0${inode}`;
}

/**
 * Whether other sockets may have the same ends, with no inode to distinguish them: some platforms have none, and
 * servers may share a port; UNIX sockets may have no name.
 */
function mayBeAlike(socket: Socket): boolean {
  if (socket.inode && socket.protocol !== 'sctp') return false;
  return socket.protocol === 'unix' || socket.protocol === 'udp' || socket.remote.port === 0;
}
