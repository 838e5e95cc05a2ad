/** Appends a value to the list of its key. */
export function addTo<Key, One>(groups: Map<Key, One[]>, key: Key, one: One): void {
  const others = groups.get(key);
  if (others === undefined) groups.set(key, [one]);
  else others.push(one);
}

/** Groups values by a key. */
export function groupedBy<T, Key>(all: readonly T[], keyOf: (one: T) => Key): Map<Key, T[]> {
  const groups = new Map<Key, T[]>();
  for (const one of all) addTo(groups, keyOf(one), one);
  return groups;
}

/** The first value of each key, in order. */
export function distinctBy<T>(all: readonly T[], keyOf: (one: T) => unknown): T[] {
  const known = new Set<unknown>();
  return all.filter((one) => known.size < known.add(keyOf(one)).size);
}
