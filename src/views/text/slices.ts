/** Rows in one chunk of text: enough to make writes cheap, few enough to keep in memory. */
const chunkRows = 64;

/** Splits batches so that none is longer than `most`: each becomes a chunk of text. */
export async function* slices<T>(
  batches: AsyncIterable<readonly T[]> | Iterable<readonly T[]>,
  most = chunkRows,
): AsyncGenerator<readonly T[]> {
  for await (const batch of batches) yield* sliced(batch, most);
}

/** The same for one batch. */
export function* sliced<T>(batch: readonly T[], most = chunkRows): Generator<readonly T[]> {
  if (batch.length <= most) yield batch;
  else for (let at = 0; at < batch.length; at += most) yield batch.slice(at, at + most);
}
