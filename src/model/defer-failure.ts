/** Batches to take all of, and what ended them early. */
export interface DeferredFailure<T> {
  readonly batches: AsyncGenerator<T, void, undefined>;
  /** Throws what ended the batches; to call behind their rows. */
  rethrow(): void;
}

/**
 * Whoever needs all rows before showing the first would lose them to a failure behind the last. Here the
 * batches merely end, and `rethrow` throws it. For a reading that has begun: what keeps one from beginning
 * is to be thrown at once. `onFailure` is told of it before the batches end, so that what is shown behind
 * them can tell.
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
