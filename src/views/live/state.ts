import type { Listing } from '../../model/listing.ts';
import type { MarkedSocket } from '../../model/marked-socket.ts';
import type { Socket } from '../../model/socket.ts';
import type { Grouping, SocketGroup } from '../../model/socket-group.ts';
import type { Size } from './grid.ts';

/** A place in a list: which line is chosen, and which is at the top of what is seen. */
export interface Place {
  readonly at: number;
  readonly top: number;
}

/** The beginning of a list. */
export const start: Place = { at: 0, top: 0 };

/** A line of what can be chosen from. */
export interface Choice {
  readonly key: string;
  readonly label: string;
  readonly meaning: string;
  /** Chosen, where several can be. */
  readonly isOn: boolean;
}

/** A text of one line that is being written, and where the next character goes. */
export interface Writing {
  readonly text: string;
  readonly at: number;
}

/** Why an expression cannot be used, and where in it the mistake is, counted from 0; null: not told. */
export interface Mistake {
  readonly text: string;
  readonly at: number | null;
}

/** What the keys are for just now. */
export type Mode =
  | { readonly kind: 'table' }
  | { readonly kind: 'filter'; readonly writing: Writing; readonly mistake: Mistake | null }
  | {
      readonly kind: 'choose';
      readonly what: 'columns' | 'sort';
      readonly choices: readonly Choice[];
      readonly place: Place;
    }
  /** `of`: the socket that was chosen, as the table had it. */
  | { readonly kind: 'details'; readonly of: MarkedSocket; readonly top: number }
  | { readonly kind: 'help'; readonly top: number };

/** One socket in full, and what it did while it was looked at: the last value is the latest. */
export interface Detail {
  readonly socket: Socket;
  readonly isGone: boolean;
  /** When it was read: ISO 8601, UTC. */
  readonly takenAt: string;
  /** Bytes a second, and milliseconds; null: not told in that round. */
  readonly sent: readonly (number | null)[];
  readonly received: readonly (number | null)[];
  readonly rtt: readonly (number | null)[];
}

/** How many values of each a detail keeps. */
export const longestHistory = 60;

/** Bytes a second; null: not known. */
export interface Traffic {
  readonly received: number | null;
  readonly sent: number | null;
  /** Where it is counted: by the machine's IP, on its interfaces, or of the sockets that are shown. */
  readonly of: 'IP' | 'interfaces' | 'sockets';
}

/** A line that is shown in place of the keys, until one is pressed. */
export interface Message {
  readonly text: string;
  readonly isError: boolean;
}

/** Everything that a frame shows. It is never changed: each key and each round makes another one. */
export interface LiveState {
  readonly size: Size;
  /** What is asked for: the command line's listing, as the keys have changed it. */
  readonly asked: Listing;
  /** Milliseconds between rounds. */
  readonly interval: number;
  readonly isPaused: boolean;
  readonly grouping: Grouping | null;
  readonly mode: Mode;
  /** null: the first round is under way. */
  readonly round: {
    /** When reading began: ISO 8601, UTC. */
    readonly takenAt: string;
    /** In the order that they are shown in. */
    readonly rows: readonly MarkedSocket[];
    /** How many there are of each state, the most frequent first; closed ones do not count. */
    readonly totals: readonly (readonly [state: string, count: number])[];
    readonly count: number;
    readonly traffic: Traffic | null;
  } | null;
  /** Why the last round could not be read. */
  readonly failure: string | null;
  readonly place: Place;
  /** The row that is chosen, which `place` follows from round to round; null: the list is at its top. */
  readonly chosen: MarkedSocket | null;
  readonly groups: readonly SocketGroup[];
  readonly groupPlace: Place;
  readonly detail: Detail | null;
  readonly message: Message | null;
}

/** Puts a place into a list of `length` lines of which `height` are seen. */
export function within({ at, top }: Place, length: number, height: number): Place {
  const chosen = Math.max(0, Math.min(at, length - 1));
  const highest = Math.max(0, length - height);
  const lowest = Math.max(0, Math.min(top, highest, chosen));
  return { at: chosen, top: Math.max(lowest, chosen - Math.max(1, height) + 1) };
}

/** Between two rounds where nobody says how long, in milliseconds. */
const usualInterval = 1000;

/** What the screen begins with, before anything is read. */
export function firstState(listing: Listing): LiveState {
  return {
    size: { columns: 80, rows: 24 },
    asked: listing,
    interval: listing.schedule.interval ?? usualInterval,
    isPaused: false,
    grouping: null,
    mode: { kind: 'table' },
    round: null,
    failure: null,
    place: start,
    chosen: null,
    groups: [],
    groupPlace: start,
    detail: null,
    message: null,
  };
}
