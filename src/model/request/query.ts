import type { InetFamily, Protocol } from '../protocol.ts';
import type { ReportKind } from '../report/snapshot.ts';

/** Which sockets: `connected` is netstat's default, `listening` is -l, `all` is -a. */
export type Which = 'connected' | 'listening' | 'all';

/** The row filters as given; `select` interprets them. */
export interface FilterOptions {
  readonly state: readonly string[];
  readonly port: readonly string[];
  readonly local: readonly string[];
  readonly remote: readonly string[];
  readonly pid: readonly string[];
  readonly program: readonly string[];
  readonly workload: readonly string[];
  readonly user: readonly string[];
  /** Only sockets that listen beyond loopback. */
  readonly exposed: boolean;
  /** The words after the flags: an expression in ss's grammar. */
  readonly expression: readonly string[];
}

/** The filters that take values after a flag of this name. */
export const filterFlags = [
  ...(['state', 'port', 'local', 'remote', 'pid', 'program', 'workload', 'user'] as const),
] as const satisfies readonly (keyof FilterOptions)[];

/** The filters that take values. */
export const filterNames = [...filterFlags, 'expression'] as const;

/** A filter that takes values. */
export type FilterName = (typeof filterNames)[number];

/** The filters with the values that each has. */
export function filtersOf(
  valuesOf: (name: FilterName) => readonly string[],
  exposed = false,
): FilterOptions {
  const values = Object.fromEntries(filterNames.map((name) => [name, valuesOf(name)]));
  return { ...(values as Record<FilterName, readonly string[]>), exposed };
}

/** Whether any filter was given. */
export function hasFilters(filters: FilterOptions): boolean {
  return filters.exposed || filterNames.some((name) => filters[name].length > 0);
}

/** Which facts are asked for: which rows of which report, in which order. */
export interface Query<K extends ReportKind = ReportKind> {
  readonly report: K;
  /** Socket tables to list, in netstat's order. */
  readonly protocols: readonly Protocol[];
  /** True if `protocols` were named by flags; then a missing one is an error. */
  readonly protocolsNamed: boolean;
  readonly families: readonly InetFamily[];
  /**
   * Reports other than sockets: the families without which there is no answer: those that were named, and on the
   * command line IPv4 if none was, as in netstat.
   */
  readonly requiredFamilies: readonly InetFamily[];
  readonly which: Which;
  /** Include TCP sockets that have a port but neither listen nor are connected, whatever `which` says. */
  readonly boundInactive: boolean;
  /** Only interfaces with these names; empty: all. */
  readonly interfaces: readonly string[];
  readonly filters: FilterOptions;
  /** Sort keys, a leading `-` for descending; empty: the kernel's order. */
  readonly sort: readonly string[];
}

/** Parses a sort key: which attribute, and in which direction. */
export function sortKeyOf(text: string): { readonly name: string; readonly descending: boolean } {
  return text.startsWith('-')
    ? { name: text.slice(1), descending: true }
    : { name: text, descending: false };
}
