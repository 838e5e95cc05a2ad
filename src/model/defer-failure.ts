/** Batches to take all of, and what ended them early. */
export interface HeldBack<T> {
  readonly batches: AsyncGenerator<T, void, undefined>;
  /** Whether something ended the batches early. */
  failed(): boolean;
  /** Throws what ended the batches; to call behind their rows. */
  rethrow(): void;
}

/**
 * The same batches, once the first is there: what cannot be read at all throws here, before anything is
 * printed.
 */
export async function begun<T>(batches: AsyncIterable<T>): Promise<AsyncGenerator<T>> {
  const rest = batches[Symbol.asyncIterator]();
  const first = await rest.next();
  return (async function* () {
    try {
      for (let next = first; !next.done; next = await rest.next()) yield next.value;
    } finally {
      await rest.return?.();
    }
  })();
}

/**
 * Whoever needs all rows before showing the first would lose them to a failure behind the last. Here it
 * is held back: the batches merely end, and `rethrow` throws it. What fails before any came is thrown
 * at once. `onFailure` is told of it before the batches end, so that what is shown behind them can tell.
 */
export function holdBack<T>(
  batches: AsyncIterable<T>,
  onFailure: (error: unknown) => void = () => {},
): HeldBack<T> {
  let failure: { readonly error: unknown } | null = null;
  async function* untilFailure(): AsyncGenerator<T, void, undefined> {
    let begun = false;
    try {
      for await (const batch of batches) {
        begun = true;
        yield batch;
      }
    } catch (error) {
      if (!begun) throw error;
      failure = { error };
      onFailure(error);
    }
  }
  return {
    batches: untilFailure(),
    failed: () => failure !== null,
    rethrow: () => {
      if (failure !== null) throw failure.error;
    },
  };
}
