import type { Counter } from './counter.ts';
import type { Group } from './group.ts';
import type { NetInterface } from './interface.ts';
import type { Route } from './route.ts';
import type { Socket } from './socket.ts';

/** What each report is a list of. */
export interface ReportRows {
  sockets: Socket;
  routes: Route;
  interfaces: NetInterface;
  groups: Group;
  statistics: Counter;
}

/** A report, by the name that it has in JSON and in the library. */
export type ReportKind = keyof ReportRows;

/** A row of any report. */
export type Row = ReportRows[ReportKind];

/** Something that is missing from an answer that otherwise stands. */
export interface Warning {
  /**
   * `absent`: a table that this kernel or build lacks. `forbidden`: one that may not be read.
   * `unreadable`: one that could not be read for another reason, or not to its end. `empty`: one that is
   * there without even its header. `malformed`: lines that could not be read. `owners-denied`: processes
   * that may not be looked into. `owners-failed`: processes that an error kept from being looked into.
   * `cut`: the source shortens what it prints, or ends within a line. `lost`: closes that the kernel told
   * faster than they could be read. `uncertain`: what is shown may be another network's, or its addresses reversed.
   * `host-failed`: a machine that was asked and gave no answer, or none to its end.
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
    | 'host-failed';
  /** One line of plain words, safe to print. */
  readonly message: string;
  /** The file or command it is about. */
  readonly source: string | null;
  /** The machine that it is about, as `--on` names it: there where others than this one were asked. */
  readonly host?: string;
}

/** What a warning is about: those of several rounds with the same are one. */
export function warningKey({ code, source, host }: Warning): string {
  return `${host === undefined ? '' : `${host} `}${code} ${source}`;
}

/** The systems that facts can come from. */
export type PlatformName = 'linux' | 'darwin' | 'win32';

/** Of the structured formats; it grows when a key goes away or changes its meaning. */
export const schemaVersion = 1;

/**
 * One answer: the rows of one report under its own name (`sockets`, `routes` …), and what is missing
 * from them. It is what `--json` prints.
 */
export type Snapshot<K extends ReportKind = 'sockets'> = {
  readonly schemaVersion: typeof schemaVersion;
  readonly platform: PlatformName;
  /** When reading began: ISO 8601, UTC. */
  readonly takenAt: string;
  readonly warnings: readonly Warning[];
} & { readonly [Report in K]: readonly ReportRows[Report][] };
