import type { Batches, Reading } from './source.ts';

/**
 * Rows as they are read. `begin` is called where what fails afterwards ends an answer that has begun,
 * though no row may have come; rows, and an end without a failure, say so by themselves.
 */
export type ReadRows<T> = (begin: () => void) => Batches<T>;

/** From this many rows on, and each time that there are twice as many, whoever reads is told. */
const manyRows = 4096;

/** A reading of what `read` gives, without its empty batches. `onManyRows`: as PlatformHost has it. */
export function readingOf<T>(read: ReadRows<T>, onManyRows?: (rows: number) => void): Reading<T> {
  let begin: () => void = () => {};
  const hasBegun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  let rows: AsyncIterator<readonly T[]> | null = null;
  let first: ReturnType<typeof firstRows<T>> | null = null;

  /** Asks for the first rows, once. */
  function start() {
    if (rows === null || first === null) {
      rows = read(begin)[Symbol.asyncIterator]();
      first = firstRows(rows);
      // `batches` throws it. Where reading has begun and nobody pulls them, it is no unhandled rejection.
      first.catch(() => {});
    }
    return { rows, first };
  }

  async function* batches(): Batches<T> {
    const { rows, first } = start();
    let count = 0;
    let tellAt = manyRows;
    try {
      for (let next = await first; !next.done; next = await rows.next()) {
        count += next.value.length;
        if (count >= tellAt) {
          tellAt = count * 2;
          onManyRows?.(count);
        }
        if (next.value.length > 0) yield next.value;
      }
    } finally {
      await rows.return?.();
    }
  }

  return {
    // Both may be settled when this is asked: `begin` was called before the first rows, or their failure.
    begun: async () => {
      await Promise.race([hasBegun, start().first]);
    },
    batches: batches(),
  };
}

/** The first batch that has rows, or the end. */
async function firstRows<T>(rows: AsyncIterator<readonly T[]>) {
  let next = await rows.next();
  while (!next.done && next.value.length === 0) next = await rows.next();
  return next;
}
