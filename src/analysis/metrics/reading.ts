import type { Warning } from '../../model/report/snapshot.ts';
import { mayConcernTable } from '../../model/report/warned-tables.ts';
import {
  errorsOfReading,
  lackingTable,
  type WarningCode,
  warningsOfReading,
} from '../../model/report/warning-codes.ts';
import type { MetricPart } from '../../model/request/metrics.ts';
import type { Collector } from './collector.ts';
import { definitions } from './definitions.ts';
import type { ReadTable } from './sockets.ts';

/** Errors that warnings have no code for. */
const unanswered = ['unsupported', 'unrecognized'] as const;

/** The code of a warning, or of an error. */
export type ReadingError = WarningCode | (typeof unanswered)[number];

/** Why a report, or one of its tables, could not be read as a whole. */
export const errorCodes: readonly ReadingError[] = [...errorsOfReading, ...unanswered];

/** How the reading went. */
export interface ReadingFacts {
  /** The duration of each part that was read, in seconds. */
  readonly seconds: ReadonlyMap<MetricPart | 'system', number>;
  readonly warnings: readonly Warning[];
  /** Why reports could not be read at all. */
  readonly errors: readonly ReadingError[];
  readonly version: string;
}

/** Metrics of the reading itself. Every code has a sample, so that alerts see it return to zero. */
export function collectReading(
  { seconds, warnings, errors, version }: ReadingFacts,
  into: Collector,
): void {
  for (const [part, value] of seconds) into.add(definitions.readingSeconds, { part }, value);
  const all: readonly string[] = [...warnings.map(countedAs), ...errors];
  const times = (code: string) => all.filter((one) => one === code).length;
  for (const code of errorCodes) into.add(definitions.readingErrors, { code }, times(code));
  for (const code of warningsOfReading)
    into.add(definitions.readingWarnings, { code }, times(code));
  into.add(definitions.build, { version }, 1);
}

/**
 * The metric code of a warning. One about the folder of tables means that some facts are missing from all rows,
 * each time: no table is missing, so it counts as `uncertain`.
 */
function countedAs({ code, source }: Warning): Warning['code'] {
  return code === 'unreadable' && /(?<!\/class)\/net$/.test(source ?? '') ? 'uncertain' : code;
}

/**
 * The tables that were read. Warnings of earlier versions, on other machines, are judged by the sources that they name:
 * `/proc/net/tcp6`, `sock_diag (tcp6)`, `/proc/net/sctp/assocs`, which has both families.
 */
export function readTables(
  asked: readonly ReadTable[],
  warnings: readonly Warning[],
): readonly ReadTable[] {
  const lacking = warnings.filter(({ code }) => lackingTable.has(code));
  return asked.filter((table) => !lacking.some((warning) => isAbout(warning, table)));
}

function isAbout(warning: Warning, table: ReadTable): boolean {
  if (warning.tables !== undefined) return mayConcernTable(warning, table);
  return namesIn(warning.source ?? '').includes(tableName(table));
}

function namesIn(source: string): readonly string[] {
  if (/\/sctp\/[a-z]+$/.test(source)) return ['sctp', 'sctp6'];
  return /([a-z]+6?)\)?$/.exec(source)?.slice(1) ?? [];
}

function tableName({ protocol, family }: ReadTable): string {
  return family === 'inet6' ? `${protocol}6` : protocol;
}
