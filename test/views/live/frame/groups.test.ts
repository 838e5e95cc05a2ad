import { describe, expect, test } from 'vitest';
import { groupings } from '../../../../src/model/socket/grouping.ts';
import type { LiveState } from '../../../../src/views/live/state.ts';
import { screenOf } from './support.ts';

const group = (name: string | null, count: number): LiveState['groups'][number] => ({
  ...{ name, condition: null, count, established: 2, listening: 1, sent: 1500, received: null },
});

describe('groups', () => {
  test('are shown with their numbers, one of them selected', () => {
    const groups = [group('a\x1b', 1234), group(null, 2)];
    const changes = { grouping: 'host', groups, groupPlace: { at: 1, top: 0 } } as const;
    const { table, selected } = screenOf(80, 14, changes);
    expect(table).toEqual([
      '  Sockets↓  Open  Servers  Recv       Sent  Remote Host',
      '     1,234     2        1     -  1.50 kB/s  a\\x1b',
      '         2     2        1     -  1.50 kB/s  -',
    ]);
    expect(selected).toEqual([table[2]]);
  });

  test('beyond the screen are those around the selected one', () => {
    const groups = Array.from({ length: 9 }, (_, at) => group(String(at), 1));
    const changes = { grouping: 'port', groups, groupPlace: { at: 6, top: 5 } } as const;
    const { table, selected } = screenOf(80, 6, changes);
    expect(table.map((line) => line.at(-1))).toEqual(['t', '5', '6']);
    expect(selected).toEqual([table[2]]);
  });

  test('of a narrow screen have the name and the count', () => {
    const groups = [group('a-long-program-name', 1234)];
    const table = (columns: number, changes: Partial<LiveState> = {}) =>
      screenOf(columns, 10, { grouping: 'program', groups, ...changes }).table;
    expect(table(30)).toEqual(['  Sockets↓  Recv  Program', '     1,234     -  a-long-prog…']);
    expect(table(20)).toEqual(['  Sockets↓  Program', '     1,234  a-long-…']);
    // The column of the order goes last.
    const groupSort = { key: 'listening', descending: false } as const;
    expect(table(33, { groupSort })).toEqual([
      '  Sockets  Servers↑  Program',
      '    1,234         1  a-long-prog…',
    ]);
    expect(table(32, { groupSort })[0]).toBe('  Sockets  Program');
  });

  test('have a title each', () => {
    const titles = groupings.map((grouping) =>
      screenOf(80, 10, { grouping, groups: [] }).table[0]?.split(/ {2,}/).at(-1),
    );
    expect(titles).toEqual(['Program', 'Workload', 'Remote Host', "Server's Port", 'State']);
  });

  test('that are none have a reason', () => {
    expect(screenOf(80, 10, { grouping: 'program', groups: [] }).table.at(1)).toMatch(/no socket/);
  });
});
