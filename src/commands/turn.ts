/** Lets the event loop go on, so that a signal comes through. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
