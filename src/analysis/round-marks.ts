import { addTo } from '../model/add-to.ts';
import type { Mark, MarkedSocket } from '../model/marked-socket.ts';
import { PackedRow } from '../model/packed-row.ts';
import {
  type KeptRows,
  keepPack,
  packIn,
  type SocketBatch,
  type WritablePack,
} from '../model/packed-sockets.ts';
import type { Socket } from '../model/socket.ts';
import {
  type KeptRow,
  keepPackedRow,
  keepRow,
  newPackedRow,
  newRow,
  settleRow,
} from './kept-row.ts';
import { endsOf } from './socket-ends.ts';

/** What a round may not show of what is there. */
export interface Sight {
  /** It may be out of sight in this round though the one before had it. */
  hasLost(socket: Socket): boolean;
  /** Something is not read, in this round as in some before, that it may be among. */
  isLimited(socket: Socket): boolean;
  /** It may have been out of sight in the round before, though this one has it. */
  hasRegained(socket: Socket): boolean;
}

/** How long a socket that is out of sight is known again, in milliseconds. */
const longestAbsence = 600_000;

/** Marks what is new, changed its state or closed, from one round to the next. */
export interface RoundMarks {
  /** A round begins at this time, in milliseconds. */
  begin(at: number): void;
  /** Some of its rows, in order. */
  add(rows: SocketBatch): void;
  /**
   * The round is over. What it lacks and may be out of sight is not shown, and is not new when it is seen again.
   * @returns what is to be shown: the round's sockets in order, each closed one where it was
   */
  end(sight: Sight): MarkedSocket[];
  /** The time passed without a round: marks that are over by now go, and closed sockets with them. */
  expire(at: number, shown: readonly MarkedSocket[]): MarkedSocket[] | null;
  /** Something else is asked for: what the next round has is not new. */
  restart(): void;
}

interface Entry extends MarkedSocket, KeptRow {
  socket: Socket;
  mark: Mark | null;
  /** When it was marked, or went out of sight. */
  since: number;
  /** It may be there, and is not shown. */
  isHidden: boolean;
  /** The number of the last round that had it. */
  seenIn: number;
  /** What it is found by: its inode, else its ends, and of several alike its number among them. */
  key: number | string;
  /** Its place among what was shown last. */
  at: number;
}

/** What is kept from round to round, and the round that is under way. */
interface Marking {
  readonly lingering: number;
  known: Map<number | string, Entry>;
  /** What was shown last, and among it what is hidden. */
  shown: readonly Entry[];
  /** The round's sockets in order. */
  now: Entry[];
  /** Those of them that are not known from before. */
  fresh: Entry[];
  /** Its rows that came packed. */
  packs: WritablePack[];
  /** When the round began. */
  time: number;
  /** Its number. */
  round: number;
  /** Nothing is new in it. */
  isFirst: boolean;
  /** Some row may have a mark. */
  isAnyMarked: boolean;
  /** Where in what was shown last the next row is looked for first. */
  place: number;
  /** How many rows of the round have these ends, of those that several may have. */
  alike: Map<string, number>;
}

/**
 * Keeps sockets from round to round; a mark stays for `lingering` milliseconds. A socket is known again by its
 * inode, one that has none by its protocol and ends. A connection keeps its row when it loses its inode at its
 * end (TIME_WAIT) and when it gets one as it is accepted.
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
      else addPacked(marking, keepPack(marking.packs, pack));
    },
    end: (sight) => endRound(marking, sight),
    expire: (at, rows) => withoutExpired(marking, at, rows as readonly Entry[]),
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

/** The same of rows that come packed. The pack stays as it is. */
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

/** What was known by this key before, or in this round. */
function entryAt(marking: Marking, key: Entry['key']): Entry | undefined {
  // Most rows come in the order of the round before.
  const next = marking.shown[marking.place];
  const entry = next !== undefined && next.key === key ? next : marking.known.get(key);
  if (entry !== undefined) marking.place = entry.at + 1;
  return entry;
}

/** Whether a row in this state is that of an entry. */
function isKnown(entry: Entry | undefined, state: Socket['state']): entry is Entry {
  return entry !== undefined && entry.mark !== 'closed' && !isReborn(entry.socket.state, state);
}

/** The round has one that is known; false: it had it before, since a table can show a row twice while it changes. */
function seeAgain(marking: Marking, entry: Entry, state: Socket['state']): boolean {
  if (entry.seenIn === marking.round) return false;
  goOn(marking, entry, state);
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

/** What a row is found by in its round. */
function keyIn(alike: Map<string, number>, socket: Socket): number | string {
  const key = keyOf(socket);
  if (typeof key === 'number' || !mayBeAlike(socket)) return key;
  const before = alike.get(key) ?? 0;
  alike.set(key, before + 1);
  return before === 0 ? key : `${key}\0${before}`;
}

/** The round has one that is known, in this state. */
function goOn(marking: Marking, entry: Entry, state: Socket['state']): void {
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

/** Once all rows are there: what is missing, and what is shown therefore. */
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
  // Of a round that was given up there may be some that no other has seen.
  if (marking.known.size > open) {
    marking.known = new Map(now.flatMap((one) => (one.mark === 'closed' ? [] : [[one.key, one]])));
  }
  marking.shown = now;
  marking.now = [];
  marking.fresh = [];
  return hidden === 0 ? now : now.filter(({ isHidden }) => !isHidden);
}

/**
 * Connections whose inode came or went: a fresh row and a missed one that are the same.
 * @returns what is missed all the same
 */
function rejoin(marking: Marking, missed: readonly Entry[]): readonly Entry[] {
  if (missed.length === 0) return missed;
  const { known } = marking;
  const candidates = marking.fresh.filter(({ socket }) => socket.protocol === 'tcp');
  if (candidates.length === 0) return missed;
  const byEnds = new Map<string, Entry>();
  for (const entry of missed) {
    if (entry.socket.protocol === 'tcp') byEnds.set(endsOf(entry.socket), entry);
  }
  const found = new Set<Entry>();
  const replaced = new Map<Entry, Entry>();
  for (const entry of candidates) {
    const before = byEnds.get(endsOf(entry.socket));
    if (before === undefined || found.has(before)) continue;
    // Of two inodes there are two sockets, and behind TIME_WAIT comes another connection.
    if (before.socket.inode && entry.socket.inode) continue;
    if (before.socket.state === 'TIME_WAIT') continue;
    found.add(before);
    known.delete(before.key);
    before.key = entry.key;
    known.set(entry.key, before);
    goOn(marking, before, entry.socket.state);
    keepRow(before, entry.socket);
    replaced.set(entry, before);
  }
  if (found.size === 0) return missed;
  marking.now = marking.now.map((entry) => replaced.get(entry) ?? entry);
  return missed.filter((entry) => !found.has(entry));
}

/**
 * Marks what the round lacks as closed or hidden.
 * @returns what of it is kept, by the one that it stood behind
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
    if (fate === 'forgotten') continue;
    if (fate === 'closed' && entry.mark !== 'closed') mark(marking, entry, 'closed');
    if (fate === 'hidden' && !entry.isHidden) mark(marking, entry, null);
    entry.isHidden = fate === 'hidden';
    addTo(behind, last, entry);
  }
  return behind;
}

/** What becomes of one that the round lacks, so long after it was marked or went out of sight. */
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

/** The round's sockets, and each that is kept where it was. */
function withKept(now: Entry[], behind: ReadonlyMap<Entry | null, readonly Entry[]>): Entry[] {
  if (behind.size === 0) return now;
  const all: Entry[] = [...(behind.get(null) ?? [])];
  for (const entry of now) {
    all.push(entry);
    for (const kept of behind.get(entry) ?? []) all.push(kept);
  }
  return all;
}

/** What is shown once marks are over that time has ended; null: none was. */
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

/** A connection that begins where one is only remembered. */
function isReborn(before: Socket['state'], now: Socket['state']): boolean {
  return before === 'TIME_WAIT' && now !== 'TIME_WAIT';
}

/** SCTP's associations share the inode of their socket. */
function keyOf(socket: Socket): number | string {
  const { inode, host } = socket;
  if (!inode || socket.protocol === 'sctp') return endsOf(socket);
  // Each machine counts its own.
  return host === undefined ? inode : `${host}\0${inode}`;
}

/**
 * Whether other sockets may have the same ends, and no inode tells them apart: some platforms have none, and servers
 * share ports there too, as UNIX sockets without a name share that.
 */
function mayBeAlike(socket: Socket): boolean {
  if (socket.inode && socket.protocol !== 'sctp') return false;
  return socket.protocol === 'unix' || socket.protocol === 'udp' || socket.remote.port === 0;
}
