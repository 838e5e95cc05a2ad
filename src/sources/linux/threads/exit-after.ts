import { awaitChange } from './signals.ts';

/** What the end of the process does first. One listener for all of it: Node warns of many. */
const actions = new Set<{ act(): void }>();

function actAll(): void {
  for (const one of actions) one.act();
}

/** Until the function that is returned is called, process.exit() calls `act` before it ends threads. */
export function atExit(act: () => void): () => void {
  const one = { act };
  if (actions.size === 0) process.on('exit', actAll);
  actions.add(one);
  return () => {
    if (actions.delete(one) && actions.size === 0) process.off('exit', actAll);
  };
}

/** How long the end of the process waits for a thread, in milliseconds: one that cannot start changes nothing. */
const patience = 2000;

/**
 * Until the function that is returned is called, process.exit() waits for a thread to load libc, which changes a place in
 * shared memory: Node aborts the process if it ends a thread that loads a native part.
 */
export function exitAfterLoading(control: Int32Array, place: number): () => void {
  return atExit(() => awaitChange(control, place, 0, patience, () => false));
}
