import type { ReportKind, ReportRows } from '../model/report/snapshot.ts';
import { readingOf } from './reading.ts';
import type { Batches, PlatformHost, Source, SourceQuery, WarningSink } from './source.ts';

/** The readers of a platform's reports; `begin` as in `readingOf`. */
export type Readers = {
  readonly [K in ReportKind]?: (
    query: SourceQuery<K>,
    warnings: WarningSink,
    begin: () => void,
  ) => Batches<ReportRows[K]>;
};

/** Makes a source of a platform's readers. */
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
      const arePacksShown = 'packed' in query && query.packed?.shown === true;
      return readingOf((begin) => read(query, warnings, begin), { onManyRows, arePacksShown });
    },
  };
}
