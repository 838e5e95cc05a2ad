interface Waiting {
  readonly reactions: Set<() => void>;
  readonly listener: () => void;
}

const waiting = new WeakMap<AbortSignal, Waiting>();

/**
 * Calls `react` when `signal` is aborted, unless the function that is returned is called before. All reactions share
 * one listener: Node prints a warning of a leak if a signal has more than ten. A signal that is aborted already calls
 * nothing.
 */
export function onAbort(signal: AbortSignal, react: () => void): () => void {
  if (signal.aborted) return () => {};
  const known = waiting.get(signal) ?? beginWaiting(signal);
  const { reactions, listener } = known;
  const reaction = () => react();
  reactions.add(reaction);
  return () => {
    reactions.delete(reaction);
    if (reactions.size > 0 || waiting.get(signal) !== known) return;
    waiting.delete(signal);
    signal.removeEventListener('abort', listener);
  };
}

function beginWaiting(signal: AbortSignal): Waiting {
  const reactions = new Set<() => void>();
  const listener = () => {
    waiting.delete(signal);
    for (const react of reactions) react();
  };
  const begun = { reactions, listener };
  waiting.set(signal, begun);
  signal.addEventListener('abort', listener, { once: true });
  return begun;
}
