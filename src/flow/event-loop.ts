import { setImmediate } from './real-time.ts';

/** Yields to the event loop, so that a signal, a key or other work of the program is handled. */
export function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
