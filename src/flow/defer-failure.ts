/** Batches that end early instead of throwing. */
export interface DeferredFailure<T> {
  readonly batches: AsyncGenerator<T, void, undefined>;
  /** Throws the error that ended the batches, if any; call it after their rows are used. */
  rethrow(): void;
}

/**
 * For a reader that needs all rows before it shows the first: a failure after some rows must not lose them. The
 * batches end at the failure, and `rethrow` throws it later. Only for a reading that has begun: an error before
 * that should be thrown at once. `onFailure` is called before the batches end, so that a warning can be shown with
 * them.
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
