import type { Batches, PlatformHost, Reading } from './source.ts';

/**
 * Reads rows. `begin` must be called where a later failure should end an answer that has begun, even if no row has
 * come; rows, and an end without failure, imply it.
 */
export type ReadRows<T> = (begin: () => void) => Batches<T>;

/** From this many rows on, and each time that they have doubled, `onManyRows` is called. */
export const manyRows = 4096;

/** Who wants to know how many rows a reading has. */
export interface Counting extends Pick<PlatformHost, 'onManyRows'> {
  /** No object is made of a packed row: many of them count as one. */
  readonly arePacksShown?: boolean;
}

/** So many rows of a pack that is shown leave as much garbage as one that is an object. */
const shownRows = 32;

/** A reading of the rows of `read`, without empty batches. */
export function readingOf<T>(
  read: ReadRows<T>,
  { onManyRows, arePacksShown = false }: Counting = {},
): Reading<T> {
  let begin: () => void = () => {};
  const hasBegun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  let rows: AsyncIterator<readonly T[]> | null = null;
  let first: ReturnType<typeof firstRows<T>> | null = null;

  /** Requests the first rows, once. */
  function start() {
    if (rows === null || first === null) {
      rows = read(begin)[Symbol.asyncIterator]();
      first = firstRows(rows);
      // `batches` throws it. If reading has begun but nothing pulls, it must not become an unhandled rejection.
      first.catch(() => {});
    }
    return { rows, first };
  }

  async function* batches(): Batches<T> {
    const { rows, first } = start();
    let count = 0;
    let notifyAt = manyRows;
    try {
      for (let next = await first; !next.done; next = await rows.next()) {
        const { length } = next.value;
        // Packs are not arrays.
        count += arePacksShown && !Array.isArray(next.value) ? length / shownRows : length;
        if (count >= notifyAt) {
          notifyAt = count * 2;
          onManyRows?.(count);
        }
        if (next.value.length > 0) yield next.value;
      }
    } finally {
      await rows.return?.();
    }
  }

  return {
    // Both may be settled by now: `begin` was called before the first rows, or their failure.
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
