import type { ReportKind, ReportRows } from '../model/snapshot.ts';
import { readingOf } from './reading.ts';
import type { Batches, PlatformHost, Source, SourceQuery, WarningSink } from './source.ts';

/** How a platform reads each report that it has facts for; `begin` as `readingOf` has it. */
export type Readers = {
  readonly [K in ReportKind]?: (
    query: SourceQuery<K>,
    warnings: WarningSink,
    begin: () => void,
  ) => Batches<ReportRows[K]>;
};

/** The source of a platform that reads in these ways. */
export function sourceOfReaders(
  {
    platform,
    protocols,
    facts = [],
  }: Pick<Source, 'platform' | 'protocols'> & Partial<Pick<Source, 'facts'>>,
  readers: Readers,
  { onManyRows }: Pick<PlatformHost, 'onManyRows'> = {},
): Source {
  return {
    platform,
    protocols,
    facts,
    reports: Object.keys(readers) as ReportKind[],
    read<K extends ReportKind>(query: SourceQuery<K>, warnings: WarningSink) {
      const read = readers[query.report] as NonNullable<Readers[K]>;
      return readingOf((begin) => read(query, warnings, begin), onManyRows);
    },
  };
}
