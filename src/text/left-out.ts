/**
 * What to leave out so that the rest fits: the first of `mayGo`, then the next, until it does. What was left out early comes
 * back if it fits into the room that the last one left.
 */
export function leftOut<T>(
  mayGo: readonly T[],
  fits: (gone: ReadonlySet<T>) => boolean,
): ReadonlySet<T> {
  const gone = new Set<T>();
  for (const next of mayGo) {
    if (fits(gone)) break;
    gone.add(next);
  }
  for (const back of [...gone].reverse()) {
    gone.delete(back);
    if (!fits(gone)) gone.add(back);
  }
  return gone;
}
