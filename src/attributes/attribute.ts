import type { Protocol } from '../model/protocol.ts';
import type { Fact } from '../model/report/facts.ts';
import type { MetricFamily } from '../model/report/metric.ts';
import type { Names } from '../model/report/names.ts';
import type { Round } from '../model/report/round.ts';
import type { Listing } from '../model/request/listing.ts';
import type { Need } from '../model/request/needs.ts';

/** The content of a cell: one text, or one for each of several owners or addresses. `''`: nothing. */
export type Cell = string | readonly string[];

/** What a cell may depend on besides its row. */
export interface CellContext {
  /** When the row was read: ISO 8601, UTC. */
  readonly takenAt: string;
  readonly names: Names;
  readonly previous: Round | null;
}

/** A cell's colour; `state`: chosen by the state in its text. */
type Tone = 'state' | 'strong' | 'quiet';

/** What a numeric attribute is measured in. */
export type Unit = 'bytes' | 'ms' | 'packets' | 'per second' | 'bytes per second';

/** The sort value of a row: numbers before text, and null last in either direction. */
export type SortValue = number | bigint | string | null;

/** One end of a connection. */
export type End = 'local' | 'remote';

/** How an expression compares the attribute; `select` interprets each kind. */
export type Filter<R> =
  /**
   * Compares with the number from `of`; null matches nothing. `readAt`: when the row was read, in milliseconds since
   * 1970; left out: now. `isAge`: the number depends on that. `expected`: what the value must be, in words. `unit`: what
   * it is measured in; default: as the attribute. `masked`: it has 32 bits, and `/MASK` after the value names those that
   * count.
   */
  | {
      readonly kind: 'number';
      readonly expected: string;
      readonly unit?: Unit;
      readonly masked?: true;
      readonly isAge?: true;
      of(row: R, readAt?: number): number | null;
    }
  /** The same with several numbers, of which one is enough; available once owners are known. */
  | {
      readonly kind: 'numbers';
      readonly expected: string;
      readonly unit?: Unit;
      readonly isAge?: true;
      of(row: R, readAt?: number): readonly (number | null)[];
    }
  /** An address, a network or a UNIX socket's name; `withPort`: a port may follow it. */
  | { readonly kind: 'host'; readonly end: End; readonly withPort: boolean }
  | { readonly kind: 'port'; readonly end: End }
  /** Compares the processes that hold the socket, or those that hold its other end. */
  | { readonly kind: 'pid' | 'program'; readonly of: 'owners' | 'peer' }
  /**
   * Compares with each of these texts, `*` matching anything. `expected`: what the value must be, in words.
   */
  | {
      readonly kind: 'text';
      readonly expected: string;
      /** All possible values, if there are few; they and what `of` returns are as `fixedWord` makes them. */
      readonly words?: readonly string[];
      of(row: R): readonly (string | null)[];
      /** What was expected, and which values were probably meant, if no row can ever match one; null: some can. */
      mistakeIn?(
        value: string,
      ): { readonly expected: string; readonly meant: readonly string[] } | null;
      /** Of the texts that were cut, what is known: the rest may decide. */
      beginnings?(row: R): readonly string[];
    }
  /** `process-user`: the users that the owners run as. */
  | { readonly kind: 'user' | 'process-user' | 'protocol' | 'family' | 'netns' | 'machine' };

/**
 * One fact of a report's rows, declared once: its column, sort key and filter, and its description in help, the man
 * page, completions and the JSON Schema. Its cells are raw text: the code that prints them makes them safe.
 */
export interface Attribute<R> {
  /** Its name on the command line and in CSV; lower-case, stable between versions. */
  readonly key: string;
  /** Other names with the same meaning. */
  readonly aliases?: readonly string[];
  /** What it means, in full sentences. JSON Schema describes `fields` with the same text. */
  readonly meaning: string;
  readonly unit?: Unit;
  /** Its place in JSON: the row's definition in the schema, and its field, such as `route.gateway`. */
  readonly fields?: readonly string[];
  /** Its path in a JSON row, if no field of the schema has its meaning: `local.port`. */
  readonly path?: string;
  /** The fact that a platform must report for it to be known; default: every platform knows it. */
  readonly fact?: Fact;
  /** Only sockets of these protocols have it; default: of any. */
  readonly protocols?: readonly Protocol[];
  /**
   * Whether a row without a value may have one that was not reported. Default: every row of its `protocols`, if the
   * attribute depends on a `fact`.
   */
  isUnavailable?(row: R): boolean;
  /** What must be known to show it. */
  readonly needs?: readonly Need[];

  /** Its column header in a table for people. */
  readonly header: string;
  readonly align: 'left' | 'right';
  /** The value as data: numbers, never looked-up names. */
  value(row: R, context: CellContext): Cell;
  /** The value for people: names, `*` for any. Default: `value`. If it is empty, `-` is shown. */
  show?(row: R, context: CellContext): Cell;
  /** Characters reserved for cells that are not known yet; default: the header's width. */
  readonly width?: number;
  /** Long text, which a narrow table may break into lines. */
  readonly long?: true;
  readonly tone?: Tone;
  /**
   * Not one of CSV's default columns: other columns or two rounds already give it, or it was added after those were
   * fixed.
   */
  readonly derived?: true;

  /** It is one of CSV's default columns only if all of these were asked for. */
  readonly onRequest?: readonly Exclude<Need, 'owners'>[];

  /** The value as a metric, one sample per row; `of`: null if it is not known. Absent: it is not a metric. */
  readonly metric?: Pick<MetricFamily, 'name' | 'help' | 'unit' | 'type'> & {
    of(row: R): number | bigint | null;
  };

  /** The value to sort by; absent: rows cannot be sorted by it. */
  sort?(row: R, names: Names): SortValue;
  /** What must be known to sort by it; default: nothing. */
  readonly sortNeeds?: readonly Need[];
  /** How an expression compares it; absent: it cannot. */
  readonly filter?: Filter<R>;
  /** What must be known to filter by it, beyond what its kind of filter requires by itself. */
  readonly filterNeeds?: readonly Need[];
}

/** A report's attributes, and the columns of its table. */
export interface ReportAttributes<R> {
  readonly attributes: readonly Attribute<R>[];
  /**
   * The columns that the boxed table shows for a row; for null: if there are no rows. Rows with the same list (the
   * same object) share a box; where the list changes, a new box begins.
   */
  tableKeys(listing: Omit<Listing, 'target'>): (row: R | null) => readonly string[];
  /** Columns that a table drops if it is too wide, in this order. */
  readonly firstToGo: readonly string[];
  /** Rows that tables for people leave out unless -a is given, as in netstat. */
  isMinor?(row: R): boolean;
}

/** The attribute with this key or alias; undefined: there is none. */
export function attributeIn<R>(
  attributes: readonly Attribute<R>[],
  name: string,
): Attribute<R> | undefined {
  return attributes.find(({ key, aliases }) => key === name || aliases?.includes(name) === true);
}

/** The fact that a source must provide for an attribute with this need. */
const factOfNeed: Readonly<Partial<Record<Need, Fact>>> = {
  tcpInfo: 'tcpInfo',
  rates: 'tcpInfo',
  socketInfo: 'socketInfo',
  createdAt: 'creationTimes',
  workloads: 'workloads',
  exposure: 'exposure',
  netns: 'netns',
  machines: 'machines',
};

/** The facts that a source must provide for these needs. */
export function factsOfNeeds(needs: readonly Need[]): readonly Fact[] {
  return needs.flatMap((need) => factOfNeed[need] ?? []);
}

/** What `numeric` and `textual` need besides the value. */
export type Rest<R> = Partial<Attribute<R>> & Pick<Attribute<R>, 'key' | 'header' | 'meaning'>;

/** What an attribute needs to be shown, to be sorted by and to be filtered by; `asked`: as its `onRequest`. */
export function needing(
  needs: readonly Need[],
  asked?: Attribute<never>['onRequest'],
): Pick<Attribute<never>, 'needs' | 'sortNeeds' | 'filterNeeds' | 'onRequest'> {
  return {
    needs,
    sortNeeds: needs,
    filterNeeds: needs,
    ...(asked !== undefined && { onRequest: asked }),
  };
}

/** A number that may be unknown: aligned right, with all its digits, and sortable. */
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

/** A text that may be unknown: aligned left, and sortable. */
export function textual<R>(rest: Rest<R>, of: (row: R) => string | null | undefined): Attribute<R> {
  return {
    align: 'left',
    value: (row) => of(row) ?? '',
    sort: (row) => of(row) ?? null,
    ...rest,
  };
}

/** A cell for people: `-` if it is empty. */
export function shown<R>(attribute: Attribute<R>, row: R, context: CellContext): Cell {
  const cell = attribute.show ? attribute.show(row, context) : attribute.value(row, context);
  if (typeof cell === 'string') return cell || '-';
  return cell.length === 0 ? '-' : cell.map((text) => text || '-');
}
