/** Yields to the event loop, so that a signal is handled. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
