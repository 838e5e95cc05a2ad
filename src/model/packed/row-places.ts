/** Rows of several batches with one consecutive numbering, so that a single number identifies a row. */
export interface RowPlaces {
  /** How many rows there are. */
  readonly count: number;
  /** The number of each batch's first row. */
  readonly firsts: readonly number[];
  /** The batch of each row. */
  readonly batchOf: Uint32Array;
}

/** Numbers the rows of these batches. */
export function rowPlaces(batches: readonly { readonly length: number }[]): RowPlaces {
  const firsts: number[] = [];
  let count = 0;
  for (const { length } of batches) {
    firsts.push(count);
    count += length;
  }
  const batchOf = new Uint32Array(count);
  for (const [at, first] of firsts.entries()) batchOf.fill(at, first, firsts[at + 1] ?? count);
  return { count, firsts, batchOf };
}
