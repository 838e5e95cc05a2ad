import type { ReportKind } from './snapshot.ts';
import type { InetFamily, Protocol } from './socket.ts';

/** What `--format` takes. */
export const formats = ['netstat', 'table', 'json', 'ndjson', 'csv'] as const;
export type Format = (typeof formats)[number];

/** What `--color` takes. */
export type ColorMode = 'auto' | 'always' | 'never';

/** Which rows by what they do: `connected` is netstat's default, `listening` is -l, `all` is -a. */
export type Which = 'connected' | 'listening' | 'all';

/** The row filters as they were given; `select` gives them their meaning. */
export interface FilterOptions {
  readonly state: readonly string[];
  readonly port: readonly string[];
  readonly local: readonly string[];
  readonly remote: readonly string[];
  readonly pid: readonly string[];
  readonly program: readonly string[];
  readonly user: readonly string[];
  /** Only what listens beyond loopback. */
  readonly exposed: boolean;
  /** The words after the flags: an expression in ss's grammar. */
  readonly expression: readonly string[];
}

/** Everything that a command line asks for, with nothing left to decide but what the platform offers. */
export interface Request {
  readonly report: ReportKind;
  /** Socket tables to list, in netstat's order. */
  readonly protocols: readonly Protocol[];
  /** True where `protocols` were named by flags, so that lacking one is worth a word. */
  readonly protocolsNamed: boolean;
  readonly families: readonly InetFamily[];
  /**
   * Reports other than sockets: the families without which there is no answer. Those that were named,
   * and on the command line IPv4 where none was, as netstat sees it.
   */
  readonly requiredFamilies: readonly InetFamily[];
  readonly which: Which;
  /** Show numbers where true, names where false. */
  readonly numeric: { readonly hosts: boolean; readonly ports: boolean; readonly users: boolean };
  /** -p */
  readonly programs: boolean;
  /** How often -e was given; 0 to 2 tell apart. */
  readonly extend: number;
  /** -o */
  readonly timers: boolean;
  /** -W */
  readonly wide: boolean;
  readonly verbose: boolean;
  /** -c: milliseconds between rounds; null: one round. */
  readonly interval: number | null;
  /** One deadline for all name look-ups, milliseconds. */
  readonly resolveTimeout: number;
  readonly format: Format;
  readonly color: ColorMode;
  readonly header: boolean;
  /** Column keys to show, in this order; null: the format's own. */
  readonly columns: readonly string[] | null;
  /** Sort keys, a leading `-` for descending; empty: the kernel's order. */
  readonly sort: readonly string[];
  readonly filters: FilterOptions;
  readonly quiet: boolean;
  /** Another /proc; null: the system's own. */
  readonly procRoot: string | null;
}
