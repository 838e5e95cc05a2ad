import type { Counter } from '../machine/counter.ts';
import type { NetInterface } from '../machine/interface.ts';
import type { Group } from '../machine/multicast-group.ts';
import { aboutMachine } from '../machine/place.ts';
import type { Route } from '../machine/route.ts';
import type { InetFamily, Protocol } from '../protocol.ts';
import type { Socket } from '../socket/socket.ts';

/** The row type of each report. */
export interface ReportRows {
  sockets: Socket;
  routes: Route;
  interfaces: NetInterface;
  groups: Group;
  statistics: Counter;
}

/** A report, by its name in JSON and in the library. */
export type ReportKind = keyof ReportRows;

/** Every report. */
export const allReports = Object.keys({
  sockets: true,
  routes: true,
  interfaces: true,
  groups: true,
  statistics: true,
} satisfies Record<ReportKind, true>) as readonly ReportKind[];

/** A row of any report. */
export type Row = ReportRows[ReportKind];

/** Something that is missing from an otherwise valid answer. */
export interface Warning {
  /**
   * `absent`: a table that this kernel or build lacks. `forbidden`: one that may not be read. `unreadable`: one
   * that could not be read for another reason, or not completely. `empty`: one without even its header.
   * `malformed`: lines that could not be parsed. `owners-denied`: processes that may not be inspected.
   * `owners-failed`: processes that could not be inspected because of an error. `cut`: the source shortens what it
   * prints, or ends within a line. `lost`: closed sockets that the kernel reported faster than they could be read.
   * `uncertain`: the rows may be of another network, have their addresses reversed, or not be all that match.
   * `incomplete`: every row is there, but not all that is usually known of it. `host-failed`: a machine that did not
   * answer, or not completely.
   */
  readonly code:
    | 'absent'
    | 'forbidden'
    | 'unreadable'
    | 'empty'
    | 'malformed'
    | 'owners-denied'
    | 'owners-failed'
    | 'cut'
    | 'lost'
    | 'uncertain'
    | 'incomplete'
    | 'host-failed';
  /** One line in plain words, safe to print. */
  readonly message: string;
  /** The file or command that it is about. */
  readonly source: string | null;
  /** The machine that it is about, as named in `on` (`--on`); present if other machines were asked. */
  readonly host?: string;
  /**
   * What is missing, if it is one warning of several things: tables, or the names of network namespaces, with ` (perhaps)`
   * behind one that may be among those listed without a name.
   */
  readonly subjects?: readonly string[];
  /** The tables that it is about, if these are known: no row of another one is affected. */
  readonly tables?: readonly WarnedTable[];
}

/** The table of all rows that have these values; a key that is left out does not matter. */
export interface WarnedTable {
  readonly protocol?: Protocol;
  readonly family?: InetFamily;
}

/** A warning about a machine, which its text names; undefined: about this one. */
export function warningOf(host: string | undefined, warning: Warning): Warning {
  if (host === undefined) return warning;
  return { ...warning, message: aboutMachine(host, warning.message), host };
}

/** The warnings that are not among others: about something else, or about more of it. */
export function newAmong(
  warnings: readonly Warning[],
  others: readonly Warning[],
): readonly Warning[] {
  const known = new Map(others.map((one) => [warningKey(one), one]));
  return warnings.filter((one) => {
    const other = known.get(warningKey(one));
    // Answers of earlier versions do not name what is missing.
    if (other === undefined || other.subjects === undefined) return other === undefined;
    const before = new Set(other.subjects);
    return (one.subjects ?? []).some((subject) => !before.has(subject));
  });
}

/** A key for what a warning is about: warnings of several rounds with the same key are one. */
export function warningKey({ code, source, host }: Warning): string {
  return `${host === undefined ? '' : `${host} `}${code} ${source}`;
}

/** The supported systems. */
export type PlatformName = 'linux' | 'darwin' | 'win32';

/** Version of the structured formats; incremented when a key is removed or changes its meaning. */
export const schemaVersion = 1;

/**
 * An answer: the rows of one report under its own name (`sockets`, `routes` …), and what is missing from them. It
 * is what `--json` prints.
 */
export type Snapshot<K extends ReportKind = 'sockets'> = {
  readonly schemaVersion: typeof schemaVersion;
  readonly platform: PlatformName;
  /** When reading began: ISO 8601, UTC. */
  readonly takenAt: string;
  readonly warnings: readonly Warning[];
} & { readonly [Report in K]: readonly ReportRows[Report][] };
