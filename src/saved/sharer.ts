import { isJsonObject } from '../text/json-object.ts';

/** Fields that many rows have in common: all sockets of a process, or of a workload. */
const ofOwners = ['program', 'commandLine', 'executable', 'startedAt', 'parents'];
const ofRows = ['workload', 'workloads', 'cgroup'];

/**
 * Returns a function that makes rows parsed from JSON share equal values, as rows read from the system do. It
 * changes the rows in place; they may be any value.
 */
export function sharer(): (row: unknown) => unknown {
  const texts = new Map<string, string>();
  const values = new Map<string, unknown>();
  const shared = (value: unknown): unknown => {
    if (typeof value === 'string') return known(texts, value, value);
    if (typeof value === 'object' && value !== null) {
      return known(values, JSON.stringify(value), value);
    }
    return value;
  };
  const share = (value: unknown, names: readonly string[]): void => {
    if (!isJsonObject(value)) return;
    for (const name of names) {
      if (Object.hasOwn(value, name)) value[name] = shared(value[name]);
    }
  };
  const shareOwners = (value: unknown): void => {
    if (!isJsonObject(value) || !Array.isArray(value.owners)) return;
    for (const owner of value.owners) share(owner, ofOwners);
  };
  return (row) => {
    share(row, ofRows);
    shareOwners(row);
    if (isJsonObject(row)) shareOwners(row.peer);
    return row;
  };
}

function known<T>(all: Map<string, T>, key: string, value: T): T {
  const before = all.get(key);
  if (before !== undefined) return before;
  all.set(key, value);
  return value;
}
