/** Rows of several batches, numbered through all of them, so that two of these numbers tell a row. */
export interface RowPlaces {
  /** How many rows there are. */
  readonly count: number;
  /** The number of the first row of each batch. */
  readonly firsts: readonly number[];
  /** The batch of each row. */
  readonly batchOf: Uint32Array;
}

/** The places of the rows of such batches. */
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
