import { onAbort } from './on-abort.ts';

/** An abort signal of its own, and the function that ends it. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  /** Aborts it, and removes its listener from the signal that it is linked to. */
  end(reason?: unknown): void;
}

/** A signal that is aborted together with another, for the same reason. */
export function linkedSignal(other: AbortSignal | undefined): LinkedSignal {
  const own = new AbortController();
  const abort = () => own.abort(other?.reason);
  if (other?.aborted) abort();
  const unlink = other && onAbort(other, abort);
  return {
    signal: own.signal,
    end(reason) {
      unlink?.();
      own.abort(reason);
    },
  };
}

/**
 * A signal that is aborted with the first of two, for the same reason. `other` keeps a listener until `one` is aborted.
 */
export function eitherSignal(one: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  if (other === undefined || other === one) return one;
  const { signal, end } = linkedSignal(other);
  const abort = () => end(one.reason);
  if (one.aborted) abort();
  else onAbort(one, abort);
  return signal;
}
