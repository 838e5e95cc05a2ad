import type { Fact } from '../model/facts.ts';
import type { Listing } from '../model/listing.ts';
import type { MetricFamily } from '../model/metric.ts';
import type { Names } from '../model/names.ts';
import type { Need } from '../model/needs.ts';
import type { Round } from '../model/round.ts';

/** What a cell holds: one text, or one for each of several (owners, addresses). `''`: nothing. */
export type Cell = string | readonly string[];

/** What a cell may depend on beside its row. */
export interface CellContext {
  /** When the row was read: ISO 8601, UTC. */
  readonly takenAt: string;
  readonly names: Names;
  readonly previous: Round | null;
}

/** How a cell looks where there is colour; `state`: by the state that its text names. */
export type Tone = 'state' | 'strong' | 'quiet';

/** What its number counts. */
export type Unit = 'bytes' | 'ms' | 'packets' | 'per second' | 'bytes per second';

/** What a row is sorted by: numbers before text, and null, whatever the direction, last. */
export type SortValue = number | bigint | string | null;

/** An end of a connection. */
export type End = 'local' | 'remote';

/** How an expression compares it; `select` gives each kind its meaning. */
export type Filter<R> =
  /** With what `of` gives; null fits nothing. `expected`: in words. */
  | { readonly kind: 'number'; readonly expected: string; of(row: R): number | null }
  /** An address, a network or a UNIX socket's name; `withPort`: a port may follow it. */
  | { readonly kind: 'host'; readonly end: End; readonly withPort: boolean }
  | { readonly kind: 'port'; readonly end: End }
  /** Of the processes that have the socket open, or those that have the other end. */
  | { readonly kind: 'pid' | 'program'; readonly of: 'owners' | 'peer' }
  /** With any of these texts, `*` standing for anything; known once owners are. `expected`: in words. */
  | {
      readonly kind: 'text';
      readonly expected: string;
      /** All that there are, where it is one of few. */
      readonly words?: readonly string[];
      of(row: R): readonly (string | null)[];
    }
  | { readonly kind: 'user' | 'protocol' | 'family' | 'netns' | 'machine' };

/**
 * One fact of a report's rows, declared once: its column, what rows are sorted and chosen by, and what
 * help, the man page, completions and the JSON Schema say of it. Its cells are raw text: whoever prints
 * them makes them safe.
 */
export interface Attribute<R> {
  /** The name it is asked for by and has in CSV; lower-case, stable between versions. */
  readonly key: string;
  /** Further names that mean the same. */
  readonly aliases?: readonly string[];
  /** What it is, in whole sentences. JSON Schema says the same of `fields`. */
  readonly meaning: string;
  readonly unit?: Unit;
  /** Where JSON has it: the row's definition in the schema, and its field, as `route.gateway`. */
  readonly fields?: readonly string[];
  /** What a platform has to tell of sockets for it to be known; default: every platform does. */
  readonly fact?: Fact;
  /**
   * Whether a row that lacks it may have it all the same: whoever read it did not tell. Default: any, where it takes
   * a `fact`.
   */
  isUntold?(row: R): boolean;
  /** What must be known to show it. */
  readonly needs?: readonly Need[];

  /** What is above it in a table for people. */
  readonly header: string;
  readonly align: 'left' | 'right';
  /** The fact as data: numbers, never looked-up names. */
  value(row: R, context: CellContext): Cell;
  /** The same for people: names, `*` for any. Default: `value`. Where it is empty, `-` shows. */
  show?(row: R, context: CellContext): Cell;
  /** Characters to keep for cells that are not known yet; default: the header's. */
  readonly width?: number;
  /** Long text, which a table that lacks room may break into lines. */
  readonly long?: true;
  readonly tone?: Tone;
  /** Not one of CSV's own: told by other columns too, or by two rounds, or came after those were settled. */
  readonly derived?: true;

  /** CSV's own columns have it only where all of these were asked for. */
  readonly onRequest?: readonly Exclude<Need, 'owners'>[];

  /** The same as a metric, one sample for each row; `of`: null where it is not told. Absent: it is none. */
  readonly metric?: Pick<MetricFamily, 'name' | 'help' | 'unit' | 'type'> & {
    of(row: R): number | bigint | null;
  };

  /** What rows are sorted by; absent: they cannot be. */
  sort?(row: R, names: Names): SortValue;
  /** What must be known to sort by it; default: nothing. */
  readonly sortNeeds?: readonly Need[];
  /** How an expression compares it; absent: it does not. */
  readonly filter?: Filter<R>;
  /** What must be known to compare it, beyond what its kind of filter looks for by itself. */
  readonly filterNeeds?: readonly Need[];
}

/** A report's attributes. */
export interface ReportAttributes<R> {
  readonly attributes: readonly Attribute<R>[];
  /**
   * Which columns the boxed table shows for a row; for null: where there is none. One list (the
   * same object) for all rows makes one box; where it changes from row to row, a new box begins.
   */
  tableKeys(listing: Omit<Listing, 'target'>): (row: R | null) => readonly string[];
  /** Which of these columns a table does without where it has no room for all, the first one first. */
  readonly firstToGo: readonly string[];
  /** Rows that tables for people leave out unless -a is given, as netstat does. */
  isMinor?(row: R): boolean;
}

/** The attribute that goes by this name, its key or an alias; undefined: there is none. */
export function attributeIn<R>(
  attributes: readonly Attribute<R>[],
  name: string,
): Attribute<R> | undefined {
  return attributes.find(({ key, aliases }) => key === name || aliases?.includes(name) === true);
}

/** What is said of a number or a text beside what it is. */
export type Rest<R> = Partial<Attribute<R>> & Pick<Attribute<R>, 'key' | 'header' | 'meaning'>;

/** A number that may be unknown: shown to the right, in all its digits, and sorted by. */
export function numeric<R>(
  rest: Rest<R>,
  of: (row: R) => number | bigint | null | undefined,
): Attribute<R> {
  return {
    align: 'right',
    value: (row) => String(of(row) ?? ''),
    sort: (row) => of(row) ?? null,
    ...rest,
  };
}

/** A text that may be unknown: shown to the left, and sorted by. */
export function textual<R>(rest: Rest<R>, of: (row: R) => string | null | undefined): Attribute<R> {
  return {
    align: 'left',
    value: (row) => of(row) ?? '',
    sort: (row) => of(row) ?? null,
    ...rest,
  };
}

/** A cell for people: `-` where there is nothing. */
export function shown<R>(attribute: Attribute<R>, row: R, context: CellContext): Cell {
  const cell = attribute.show ? attribute.show(row, context) : attribute.value(row, context);
  if (typeof cell === 'string') return cell || '-';
  return cell.length === 0 ? '-' : cell.map((text) => text || '-');
}
