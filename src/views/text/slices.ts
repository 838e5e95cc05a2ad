/** Rows in one chunk of text: enough that a write costs little a row, few enough to keep in memory. */
const chunkRows = 64;

/** A chunk of text of this many characters is written before its rows are complete. */
export const chunkText = 256 * 1024;

/** Batches as they come, none longer than `most`: a chunk of text is made of each. */
export async function* slices<T>(
  batches: AsyncIterable<readonly T[]> | Iterable<readonly T[]>,
  most = chunkRows,
): AsyncGenerator<readonly T[]> {
  for await (const batch of batches) {
    if (batch.length <= most) yield batch;
    else for (let at = 0; at < batch.length; at += most) yield batch.slice(at, at + most);
  }
}
