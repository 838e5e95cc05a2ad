/** Batches to take all of, and what ended them early. */
export interface DeferredFailure<T> {
  readonly batches: AsyncGenerator<T, void, undefined>;
  /** Throws what ended the batches; to call after their rows. */
  rethrow(): void;
}

/**
 * For a reader that needs all rows before it shows the first: a failure after some rows must not lose
 * them. The batches just end there, and `rethrow` throws the failure. It is for a reading that has begun:
 * what keeps one from beginning is to be thrown at once. `onFailure` is called before the batches end, so
 * that a warning can be shown with them.
 */
export function deferFailure<T>(
  batches: AsyncIterable<T>,
  onFailure: (error: unknown) => void = () => {},
): DeferredFailure<T> {
  let failure: { readonly error: unknown } | null = null;
  async function* untilFailure(): AsyncGenerator<T, void, undefined> {
    try {
      yield* batches;
    } catch (error) {
      failure = { error };
      onFailure(error);
    }
  }
  return {
    batches: untilFailure(),
    rethrow: () => {
      if (failure !== null) throw failure.error;
    },
  };
}
