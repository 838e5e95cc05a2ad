import { awaitChange } from './signals.ts';

/** The threads that are starting: the place in shared memory that each changes once it has loaded libc. */
const starting = new Set<{ readonly control: Int32Array; readonly place: number }>();

/** How long the end of the process waits for a thread, in milliseconds: one that cannot start changes nothing. */
const patience = 2000;

function awaitAll(): void {
  for (const { control, place } of starting) {
    awaitChange(control, place, 0, patience, () => false);
  }
}

/**
 * Until the function that is returned is called, process.exit() waits for a thread to load libc: Node aborts the
 * process if it ends a thread that loads a native part.
 */
export function exitAfterLoading(control: Int32Array, place: number): () => void {
  const one = { control, place };
  if (starting.size === 0) process.on('exit', awaitAll);
  starting.add(one);
  return () => {
    if (starting.delete(one) && starting.size === 0) process.off('exit', awaitAll);
  };
}
