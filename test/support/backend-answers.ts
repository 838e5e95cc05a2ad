import type { Warning } from '../../src/model/snapshot.ts';
import type { Batches, Notes } from '../../src/sources/source.ts';

/** Notes that can be looked at. */
export function notebook(): Notes & { readonly warnings: Warning[] } {
  const warnings: Warning[] = [];
  return { warnings, warn: (warning) => void warnings.push(warning) };
}

/** All rows in one list; none of a report that there is no source for. */
export async function collect<Row>(batches: Batches<Row> | undefined): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batches ?? []) rows.push(...batch);
  return rows;
}
