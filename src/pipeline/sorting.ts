import { allOf } from '../flow/all-of.ts';
import { deferFailure } from '../flow/defer-failure.ts';
import type { PackedFacts } from '../model/packed/sockets.ts';
import type { Names } from '../model/report/names.ts';
import type { Row } from '../model/report/snapshot.ts';
import type { Query } from '../model/request/query.ts';
import type { Batches } from '../sources/source.ts';

/** How the rows of a round are sorted. */
export interface Sorting {
  /** Whether packed rows stay packed. */
  readonly keepsPacks: boolean;
  sorted(rows: Batches<Row>, names: Names): Batches<Row>;
}

/** How a query's rows are sorted, which come with the packed `facts`, or as objects; null: they are not. */
export async function sortingFor(
  { sort: keys, report }: Query,
  facts: PackedFacts | undefined,
): Promise<Sorting | null> {
  if (keys.length === 0) return null;
  const { compileSort, compileValues } = await import('../select/sort.ts');
  const sortPacks =
    facts === undefined ? null : (await import('./sorted-packs.ts')).packSorter(keys, facts);
  return {
    keepsPacks: sortPacks !== null,
    sorted(rows, names) {
      const valuesOf = sortPacks === null ? null : compileValues(keys, names);
      return sortPacks === null || valuesOf === null
        ? sorted(rows, compileSort(keys, names, report))
        : sortPacks(rows, valuesOf());
    },
  };
}

async function* sorted(
  batches: Batches<Row>,
  sort: (rows: readonly Row[]) => readonly Row[],
): Batches<Row> {
  const all = deferFailure(batches);
  const rows = await allOf(all.batches);
  if (rows.length > 0) yield sort(rows);
  all.rethrow();
}
