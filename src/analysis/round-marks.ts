import { addTo } from '../model/add-to.ts';
import type { Endpoint } from '../model/endpoint.ts';
import type { Mark, MarkedSocket } from '../model/marked-socket.ts';
import type { InetSocket, Socket, Timer } from '../model/socket.ts';
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

/** Of a round that shows all there is. */
export const fullSight: Sight = {
  hasLost: () => false,
  isLimited: () => false,
  hasRegained: () => false,
};

/** How long a socket that is out of sight is known again, in milliseconds. */
const longestAbsence = 600_000;

/** Marks what is new, changed its state or closed, from one round to the next. */
export interface RoundMarks {
  /** A round begins at this time, in milliseconds. */
  begin(at: number): void;
  /** Some of its rows, in order. */
  add(rows: readonly Socket[]): void;
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

interface Entry extends MarkedSocket {
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
  /** Its row holds nothing but what its table says. */
  isBare: boolean;
}

/**
 * Keeps sockets from round to round; a mark stays for `lingering` milliseconds. A socket is known again by its
 * inode, one that has none by its protocol and ends. A connection keeps its row when it loses its inode at its
 * end (TIME_WAIT) and when it gets one as it is accepted.
 */
export function roundMarks(lingering: number): RoundMarks {
  let known = new Map<number | string, Entry>();
  let shown: readonly Entry[] = [];
  let now: Entry[] = [];
  let fresh: Entry[] = [];
  let time = 0;
  let round = 0;
  let isFirst = true;
  /** Where in what was shown last the next row is looked for first. */
  let place = 0;
  /** How many rows of the round have these ends, of those that several may have. */
  let alike = new Map<string, number>();

  function mark(entry: Entry, what: Mark | null): void {
    entry.mark = what;
    entry.since = time;
  }

  function goOn(entry: Entry, socket: Socket): void {
    if (entry.socket.state !== socket.state) mark(entry, 'changed');
    else if (entry.mark !== null && time - entry.since >= lingering) entry.mark = null;
    const isNowBare = isBare(socket);
    if (!(isNowBare && entry.isBare && isRefreshed(entry.socket as InetSocket, socket))) {
      entry.socket = socket;
      entry.isBare = isNowBare;
    }
    entry.seenIn = round;
    entry.isHidden = false;
  }

  function keyIn(socket: Socket): number | string {
    const key = keyOf(socket);
    if (typeof key === 'number' || !mayBeAlike(socket)) return key;
    const before = alike.get(key) ?? 0;
    alike.set(key, before + 1);
    return before === 0 ? key : `${key}\0${before}`;
  }

  /** What becomes of one that the round lacks. */
  function fateOf(entry: Entry, sight: Sight): 'closed' | 'hidden' | 'forgotten' {
    if (entry.mark === 'closed') return time - entry.since < lingering ? 'closed' : 'forgotten';
    if (!entry.isHidden) return sight.hasLost(entry.socket) ? 'hidden' : 'closed';
    if (!sight.isLimited(entry.socket)) return 'closed';
    return time - entry.since < longestAbsence ? 'hidden' : 'forgotten';
  }

  /** Connections whose inode came or went: a fresh row and a missed one that are the same. */
  function rejoin(missed: Entry[]): Entry[] {
    if (missed.length === 0) return missed;
    const candidates = fresh.filter(({ socket }) => socket.protocol === 'tcp');
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
      goOn(before, entry.socket);
      replaced.set(entry, before);
    }
    if (found.size === 0) return missed;
    now = now.map((entry) => replaced.get(entry) ?? entry);
    return missed.filter((entry) => !found.has(entry));
  }

  return {
    begin(at) {
      time = at;
      round++;
      place = 0;
      now = [];
      fresh = [];
      alike = new Map();
    },
    add(rows) {
      for (const socket of rows) {
        const key = keyIn(socket);
        // Most rows come in the order of the round before.
        const next = shown[place];
        const entry = next !== undefined && next.key === key ? next : known.get(key);
        if (entry !== undefined) place = entry.at + 1;
        if (entry !== undefined && entry.mark !== 'closed' && !isReborn(entry.socket, socket)) {
          // A table can show a row twice while it changes.
          if (entry.seenIn === round) continue;
          goOn(entry, socket);
          now.push(entry);
          continue;
        }
        const made: Entry = {
          ...{ socket, mark: null, since: time, isHidden: false, seenIn: round, key, at: 0 },
          isBare: isBare(socket),
        };
        if (!isFirst) made.mark = 'new';
        known.set(key, made);
        fresh.push(made);
        now.push(made);
      }
    },
    end(sight) {
      for (const entry of fresh) if (sight.hasRegained(entry.socket)) entry.mark = null;
      let missed = shown.filter((entry) => entry.seenIn !== round);
      missed = rejoin(missed);
      const isMissed = new Set(missed);
      /** Closed and hidden ones by the one that they stood behind. */
      const behind = new Map<Entry | null, Entry[]>();
      let last: Entry | null = null;
      if (missed.length > 0) {
        for (const entry of shown) {
          if (!isMissed.has(entry)) {
            last = entry;
            continue;
          }
          const fate = fateOf(entry, sight);
          if (fate !== 'hidden' && known.get(entry.key) === entry) known.delete(entry.key);
          if (fate === 'forgotten') continue;
          if (fate === 'closed' && entry.mark !== 'closed') mark(entry, 'closed');
          if (fate === 'hidden' && !entry.isHidden) mark(entry, null);
          entry.isHidden = fate === 'hidden';
          addTo(behind, last, entry);
        }
      }
      if (behind.size > 0) {
        const all: Entry[] = [...(behind.get(null) ?? [])];
        for (const entry of now) {
          all.push(entry);
          for (const closed of behind.get(entry) ?? []) all.push(closed);
        }
        now = all;
      }
      isFirst = false;
      shown = now;
      let open = 0;
      for (let at = 0; at < now.length; at++) {
        const entry = now[at] as Entry;
        entry.at = at;
        if (entry.mark !== 'closed') open++;
      }
      // Of a round that was given up there may be some that no other has seen.
      if (known.size > open) {
        known = new Map(now.flatMap((one) => (one.mark === 'closed' ? [] : [[one.key, one]])));
      }
      now = [];
      fresh = [];
      return shown.filter(({ isHidden }) => !isHidden);
    },
    expire(at, rows) {
      let isAnyOver = false;
      for (const entry of rows as readonly Entry[]) {
        if (entry.mark === null || at - entry.since < lingering) continue;
        isAnyOver = true;
        if (entry.mark !== 'closed') entry.mark = null;
      }
      if (!isAnyOver) return null;
      const isOver = (entry: Entry) => entry.mark === 'closed' && at - entry.since >= lingering;
      shown = shown.filter((entry) => !isOver(entry));
      return (rows as readonly Entry[]).filter((entry) => !isOver(entry));
    },
    restart() {
      known = new Map();
      shown = [];
      now = [];
      fresh = [];
      isFirst = true;
    },
  };
}

/**
 * Writes what changed into the older object, where both are of the same ends. Rows that are kept from round to
 * round would be moved to V8's old space, each of 100,000 every time, and only a full collection takes them
 * from there.
 */
function isRefreshed(before: InetSocket, now: InetSocket): boolean {
  if (before.protocol !== now.protocol || !areSame(before.local, now.local)) return false;
  if (before.timer === null || now.timer === null || !areSame(before.remote, now.remote)) {
    return false;
  }
  const old = before as { -readonly [Key in keyof InetSocket]: InetSocket[Key] };
  old.state = now.state;
  old.recvQueue = now.recvQueue;
  old.sendQueue = now.sendQueue;
  old.uid = now.uid;
  old.inode = now.inode;
  // One that rows share is not this row's to write into.
  if (Object.isFrozen(old.timer)) {
    old.timer = now.timer;
    return true;
  }
  const timer = old.timer as { -readonly [Key in keyof Timer]: Timer[Key] };
  timer.kind = now.timer.kind;
  timer.expiresIn = now.timer.expiresIn;
  timer.retransmits = now.timer.retransmits;
  timer.probes = now.timer.probes;
  return true;
}

/** Nothing but what its table says, and numbers. */
function isBare(socket: Socket): socket is InetSocket {
  return (
    socket.protocol !== 'unix' &&
    socket.protocol !== 'sctp' &&
    socket.owners === null &&
    socket.tcpInfo === undefined &&
    socket.rates === undefined &&
    socket.memory === undefined &&
    socket.netns === undefined &&
    socket.host === undefined &&
    socket.peer === undefined &&
    socket.workload === undefined &&
    socket.exposure === undefined &&
    socket.createdAt === undefined
  );
}

function areSame(one: Endpoint, other: Endpoint): boolean {
  return (
    one === other ||
    (one.port === other.port && one.address === other.address && one.zone === other.zone)
  );
}

/** A connection that begins where one is only remembered. */
function isReborn(before: Socket, now: Socket): boolean {
  return before.state === 'TIME_WAIT' && now.state !== 'TIME_WAIT';
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
