import type { MarkedSocket } from '../../model/report/marked-socket.ts';
import { type Listing, usualInterval } from '../../model/request/listing.ts';
import { type GroupSort, largestFirst } from '../../model/socket/group-order.ts';
import type { Grouping, SocketGroup } from '../../model/socket/grouping.ts';
import type { Socket } from '../../model/socket/socket.ts';
import type { Size } from './grid.ts';
import type { Recall } from './recall.ts';

/** A position in a list: the selected line, and the one at the top of the screen. */
export interface Cursor {
  readonly at: number;
  readonly top: number;
}

/** The start of a list. */
export const start: Cursor = { at: 0, top: 0 };

/** A line in a list of choices. */
export interface ChoiceLine {
  readonly key: string;
  /** What it is called there: by the word that `--columns` and `--sort` take, if there is one. */
  readonly label: string;
  /** The title of its column, if that is another. */
  readonly title?: string;
  readonly meaning: string;
  /** Whether it is chosen, where several can be. */
  readonly isOn: boolean;
}

/** A line of text being edited, and the cursor's index. */
export interface Writing {
  readonly text: string;
  readonly at: number;
}

/** What is wrong with an expression, and the index of the mistake; null: not known. */
export interface Mistake {
  readonly text: string;
  readonly at: number | null;
}

/** What the keys act on at present. */
export type Mode =
  | { readonly kind: 'table' }
  | FilterMode
  | {
      readonly kind: 'choose';
      readonly what: 'columns' | 'sort';
      readonly choices: readonly ChoiceLine[];
      readonly place: Cursor;
    }
  | DetailsMode
  /** `behind`: where it was asked for and leads back to; left out: the table. */
  | { readonly kind: 'help'; readonly top: number; readonly behind?: DetailsMode };

/** An expression that is being written. */
export interface FilterMode {
  readonly kind: 'filter';
  readonly writing: Writing;
  readonly mistake: Mistake | null;
  readonly recall: Recall;
}

/** `of`: the selected socket, as the table had it. */
interface DetailsMode {
  readonly kind: 'details';
  readonly of: MarkedSocket;
  readonly top: number;
}

/** The details that are shown, or that the help covers; null: neither. */
export function detailsIn(mode: Mode): DetailsMode | null {
  if (mode.kind === 'details') return mode;
  return mode.kind === 'help' ? (mode.behind ?? null) : null;
}

/** One socket in full, and its history while it is shown, the latest value last. */
export interface Detail {
  readonly socket: Socket;
  readonly isGone: boolean;
  /** When it was read: ISO 8601, UTC. */
  readonly takenAt: string;
  /** Bytes a second, and milliseconds; null: not known in that round. */
  readonly sent: readonly (number | null)[];
  readonly received: readonly (number | null)[];
  readonly rtt: readonly (number | null)[];
}

/** How many values of each kind a detail keeps. */
export const longestHistory = 60;

/** Bytes a second; null: not known. */
interface ShownTraffic {
  readonly received: number | null;
  readonly sent: number | null;
  /** Where it is counted: by the machine's IP counters, on its interfaces, or for the sockets shown. */
  readonly of: 'IP' | 'interfaces' | 'sockets';
}

/** A line shown in place of the keys until one is pressed. */
export interface Message {
  readonly text: string;
  readonly isError: boolean;
}

/** Everything that a frame shows. Immutable: each key and each round makes a new one. */
export interface LiveState {
  readonly size: Size;
  /** The listing of the command line, as changed by keys. */
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
    /** In the order shown. */
    readonly rows: readonly MarkedSocket[];
    /** The number of rows in each state, the most frequent first; without closed ones. */
    readonly totals: readonly (readonly [state: string, count: number])[];
    readonly count: number;
  } | null;
  /** The beginning of the last reading, also of one socket, and the traffic then. null: the first is under way. */
  readonly head: { readonly takenAt: string; readonly traffic: ShownTraffic | null } | null;
  /** Why the last round could not be read; null: it could. */
  readonly failure: string | null;
  /** What the last round lacks, shown in place of the keys: until one is pressed, or as long as it is `lasting`. */
  readonly warning: { readonly text: string; readonly isLasting: boolean } | null;
  readonly place: Cursor;
  /** The selected row, which `place` follows from round to round; null: the list is at its top. */
  readonly chosen: MarkedSocket | null;
  /** In the order of `groupSort`. */
  readonly groups: readonly SocketGroup[];
  /** The order of groups, whatever they are of; sockets have their own, in `asked`. */
  readonly groupSort: GroupSort;
  readonly groupPlace: Cursor;
  /** The ways back from opened groups, each within the one before; none once the expression is edited. */
  readonly waysBack: readonly WayBack[];
  /** The expressions of this run, the latest last: those that were entered, and those that they replaced. */
  readonly entered: readonly string[];
  readonly detail: Detail | null;
  readonly message: Message | null;
}

/** The groups that an opened one was among, and the expression then. */
export interface WayBack
  extends Pick<LiveState, 'grouping' | 'groups' | 'groupSort' | 'groupPlace'> {
  readonly expression: readonly string[];
}

/** Keeps a place within a list of `length` lines, `height` of them visible. */
export function within({ at, top }: Cursor, length: number, height: number): Cursor {
  const chosen = Math.max(0, Math.min(at, length - 1));
  const highest = Math.max(0, length - height);
  const lowest = Math.max(0, Math.min(top, highest, chosen));
  return { at: chosen, top: Math.max(lowest, chosen - Math.max(1, height) + 1) };
}

/** The state before anything is read. */
export function firstState(listing: Listing): LiveState {
  return {
    size: { columns: 80, rows: 24 },
    asked: listing,
    interval: listing.schedule.interval ?? usualInterval,
    isPaused: false,
    grouping: null,
    mode: { kind: 'table' },
    round: null,
    head: null,
    failure: null,
    warning: null,
    place: start,
    chosen: null,
    groups: [],
    groupSort: largestFirst,
    groupPlace: start,
    waysBack: [],
    entered: [],
    detail: null,
    message: null,
  };
}
