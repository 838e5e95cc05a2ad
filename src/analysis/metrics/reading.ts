import type { MetricPart } from '../../model/metric.ts';
import type { Warning } from '../../model/snapshot.ts';
import type { Family, Protocol } from '../../model/socket.ts';
import type { Collector } from './collector.ts';
import { definitions } from './definitions.ts';
import type { ReadTable } from './sockets.ts';

/** What kept a report from being read as a whole, or one of its tables. */
export const errorCodes = [
  ...(['forbidden', 'unreadable', 'empty', 'unsupported', 'unrecognized'] as const),
] as const;

/** One of them. */
export type ReadingError = (typeof errorCodes)[number];

/** The other warnings. */
const warningCodes = [
  ...(['absent', 'malformed', 'owners-denied', 'owners-failed'] as const),
  ...(['cut', 'lost', 'uncertain'] as const),
] satisfies readonly Exclude<Warning['code'], ReadingError>[];

/** How the reading went. */
export interface ReadingFacts {
  /** Seconds, of each part that was read. */
  readonly seconds: ReadonlyMap<MetricPart | 'system', number>;
  readonly warnings: readonly Warning[];
  /** Reports that could not be read at all. */
  readonly errors: readonly ReadingError[];
  readonly version: string;
}

/** What is told of the reading itself: every code, so that alarms see it go back to zero. */
export function collectReading(
  { seconds, warnings, errors, version }: ReadingFacts,
  into: Collector,
): void {
  for (const [part, value] of seconds) into.add(definitions.readingSeconds, { part }, value);
  const all: readonly string[] = [...warnings.map(countedAs), ...errors];
  const times = (code: string) => all.filter((one) => one === code).length;
  for (const code of errorCodes) into.add(definitions.readingErrors, { code }, times(code));
  for (const code of warningCodes) into.add(definitions.readingWarnings, { code }, times(code));
  into.add(definitions.build, { version }, 1);
}

/**
 * A warning about the folder of tables is about facts that this source tells of none of their rows, and keeps doing
 * so: no table is missing.
 */
function countedAs({ code, source }: Warning): Warning['code'] {
  return code === 'unreadable' && /(?<!\/class)\/net$/.test(source ?? '') ? 'uncertain' : code;
}

/** What says that a table has no rows which count. */
const unread: ReadonlySet<string> = new Set(['absent', 'forbidden', 'unreadable', 'empty']);

/**
 * The tables that were read, by what warnings name: `/proc/net/tcp6`, `sock_diag (tcp6)`, `/proc/net/sctp/assocs`,
 * which has both families.
 */
export function readTables(
  asked: readonly ReadTable[],
  warnings: readonly Warning[],
): readonly ReadTable[] {
  const names = new Set(
    warnings.flatMap(({ code, source }) => (unread.has(code) ? namesIn(source ?? '') : [])),
  );
  return asked.filter(({ protocol, family }) => !names.has(tableName(protocol, family)));
}

function namesIn(source: string): readonly string[] {
  if (/\/sctp\/[a-z]+$/.test(source)) return ['sctp', 'sctp6'];
  return /([a-z]+6?)\)?$/.exec(source)?.slice(1) ?? [];
}

function tableName(protocol: Protocol, family: Family): string {
  return family === 'inet6' ? `${protocol}6` : protocol;
}
