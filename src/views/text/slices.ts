/** Enough rows for a chunk of text to be worth its write, and few enough to keep in memory. */
const chunkRows = 128;

/** A chunk of text that has grown so long, in characters, is handed on before its rows are all there. */
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
