import type { WarnedTable } from '../model/report/snapshot.ts';
import type { WarningSink } from './source.ts';

/** A sink that adds to each warning which tables it is about. */
export function aboutTables(sink: WarningSink, ...tables: readonly WarnedTable[]): WarningSink {
  return { ...sink, warn: (warning) => sink.warn({ ...warning, tables }) };
}
