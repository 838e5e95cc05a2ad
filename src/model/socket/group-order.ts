import { addressSortKey } from '../address/order.ts';
import type { Grouping, SocketGroup } from './grouping.ts';

/** What groups can be sorted by. */
export type GroupSortKey = Exclude<keyof SocketGroup, 'condition'>;

/** An order of groups. */
export interface GroupSort {
  readonly key: GroupSortKey;
  readonly descending: boolean;
}

/** The usual order. */
export const largestFirst: GroupSort = { key: 'count', descending: true };

/**
 * The groups in this order, as a new list: a value that is not known comes last in either direction, ties are sorted by
 * size, the largest first, and then by name. Hosts are sorted as addresses, ports as numbers.
 */
export function sortedGroups(
  groups: readonly SocketGroup[],
  grouping: Grouping,
  { key, descending }: GroupSort,
): readonly SocketGroup[] {
  if (key !== 'name') {
    return groups.toSorted(
      (one, other) =>
        compared(one[key], other[key], descending) ||
        other.count - one.count ||
        compared(one.name, other.name, false),
    );
  }
  // Each name is read once, not at every comparison.
  return groups
    .map((group) => ({ group, value: nameValue(group, grouping) }))
    .sort((one, other) => compared(one.value, other.value, descending))
    .map(({ group }) => group);
}

function nameValue({ name }: SocketGroup, grouping: Grouping): string | number | null {
  if (name === null) return null;
  if (grouping === 'port') return Number(name);
  return grouping === 'host' ? addressSortKey(name) : name;
}

function compared<T extends string | number>(
  one: T | null,
  other: T | null,
  descending: boolean,
): number {
  if (one === other) return 0;
  if (one === null) return 1;
  if (other === null) return -1;
  return one < other === descending ? 1 : -1;
}
