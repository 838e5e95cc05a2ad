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
 * For a reader that needs all rows before it shows the first: a failure after some rows must not lose
 * them. The batches just end there, and `rethrow` throws the failure. One before the first batch is
 * thrown at once. `onFailure` is called before the batches end, so that a warning can be shown with them.
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
