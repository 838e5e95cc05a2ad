import { describe, expect, test } from 'vitest';
import {
  type GroupSort,
  largestFirst,
  sortedGroups,
} from '../../../src/model/socket/group-order.ts';
import type { Grouping, SocketGroup } from '../../../src/model/socket/grouping.ts';

const group = (name: string | null, count: number, sent: number | null = null): SocketGroup => ({
  ...{ name, count, sent, condition: null, established: 0, listening: 0, received: null },
});

const namesIn = (groups: readonly SocketGroup[], grouping: Grouping, sort: GroupSort) =>
  sortedGroups(groups, grouping, sort).map(({ name }) => name);

describe('groups in an order', () => {
  const groups = [group('b', 1, 7), group(null, 1), group('a', 1), group('c', 9), group('d', 2, 7)];

  test.each<[GroupSort, readonly (string | null)[]]>([
    [largestFirst, ['c', 'd', 'a', 'b', null]],
    [{ key: 'count', descending: false }, ['a', 'b', null, 'd', 'c']],
    // What is not known comes last in either direction.
    [{ key: 'sent', descending: true }, ['d', 'b', 'c', 'a', null]],
    [{ key: 'sent', descending: false }, ['d', 'b', 'c', 'a', null]],
    [{ key: 'name', descending: false }, ['a', 'b', 'c', 'd', null]],
    [{ key: 'name', descending: true }, ['d', 'c', 'b', 'a', null]],
  ])('%j: ties by size and name', (sort, expected) => {
    expect(namesIn(groups, 'program', sort)).toEqual(expected);
    expect(namesIn(groups.toReversed(), 'program', sort)).toEqual(expected);
  });

  test.each<[Grouping, readonly string[]]>([
    ['port', ['80', '443', '8080']],
    ['host', ['9.0.0.1', '10.0.0.2', '10.0.0.10', '2001:db8::1']],
    ['state', ['ESTABLISHED', 'LISTEN']],
  ])('by name: those of a %s as what they are', (grouping, expected) => {
    const groups = expected.toSorted().map((name) => group(name, 1));
    expect(namesIn(groups, grouping, { key: 'name', descending: false })).toEqual(expected);
  });
});
