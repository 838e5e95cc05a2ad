import { describe, expect, test } from 'vitest';
import { largestFirst } from '../../../../src/model/socket/group-order.ts';
import { recallFor } from '../../../../src/views/live/recall.ts';
import type { LiveState } from '../../../../src/views/live/state.ts';
import { reverse, underline } from '../../../../src/views/live/style.ts';
import { inetSocket } from '../../../support/builders.ts';
import { screenOf } from './support.ts';

const foot = (columns: number, changes: Partial<LiveState> = {}, high = 24) =>
  screenOf(columns, high, changes).lines.at(-1);
const keys = 'Enter details  / filter  s sort  c columns  g group  p pause  ? help  q quit';

describe('the last line', () => {
  test('has keys, and which row is selected, where there are more than the screen shows', () => {
    const place = { at: 12, top: 11 };
    expect(foot(100, { place }, 8)).toBe(`${keys.padEnd(95)}13/30`);
    // There is no room beside the keys.
    expect(foot(80, { place }, 8)).toBe(keys);
    expect(foot(100, { place: { at: 0, top: 0 } }, 40)).toBe(keys);
    expect(foot(100, { place, grouping: 'host' }, 8)).toBe(keys);
  });

  test('has the way back from the sockets of a group', () => {
    const behind = { grouping: 'host', groups: [], groupSort: largestFirst } as const;
    const place = { at: 0, top: 0 };
    const waysBack = [{ ...behind, groupPlace: place, expression: [] }];
    const back = 'Esc groups  ';
    expect(foot(keys.length + back.length, { waysBack })).toBe(back + keys);
    expect(foot(80, { waysBack })).toMatch(/^\? help {2}q quit {2}Esc groups {2}Enter details/);
    expect(foot(100, { waysBack, grouping: 'state' })).toBe(keys);
  });

  test('begins with the keys that lead to all others where it is narrow', () => {
    expect(foot(keys.length)).toBe(keys);
    expect(foot(keys.length - 1)).toMatch(/^\? help {2}q quit {2}Enter details/);
    expect(foot(16)).toBe('? help  q quit');
  });

  test('has a warning beside a key, if there is room for both', () => {
    const warning = { text: 'x'.repeat(60), isLasting: true };
    expect(foot(48, { warning })).toBe(`${'x'.repeat(39)}…  ? help`);
    expect(foot(47, { warning })).toBe(`${'x'.repeat(46)}…`);
  });

  test.each<[Partial<LiveState>, string]>([
    [{ mode: { kind: 'help', top: 0 } }, 'any other key: back'],
    [
      { mode: { kind: 'details', of: { socket: inetSocket(), mark: null }, top: 0 } },
      'Esc back  ↑ ↓ scroll  ? help  q quit  y copy  p pause',
    ],
    [
      { mode: { kind: 'choose', what: 'columns', choices: [], place: { at: 0, top: 0 } } },
      'Space shows or hides  Enter takes them  Esc cancels',
    ],
    [
      { mode: { kind: 'choose', what: 'sort', choices: [], place: { at: 0, top: 0 } } },
      'Enter sorts by it  letters find  Esc leaves it',
    ],
    [{ failure: 'no route' }, 'no route'],
    [
      {
        mode: {
          kind: 'filter',
          writing: { text: 'a', at: 1 },
          mistake: null,
          recall: recallFor([], ''),
        },
      },
      'Enter takes it  Esc leaves it',
    ],
    [
      {
        mode: {
          ...{ kind: 'filter', writing: { text: 'a', at: 1 }, mistake: null },
          recall: recallFor(['b'], 'a'),
        },
      },
      'Enter takes it  Esc leaves it  ↑ ↓ earlier ones',
    ],
    [
      {
        mode: {
          kind: 'filter',
          writing: { text: ' ', at: 1 },
          mistake: null,
          recall: recallFor([], ''),
        },
      },
      'no expression, or: dport = :443 and program = nginx',
    ],
    [{ failure: 'no route', message: { text: 'copied', isError: false } }, 'copied'],
    // In a table without rows it is shown in their place.
    [{ failure: 'no route', round: null }, keys],
    [{ failure: 'no route', mode: { kind: 'help', top: 0 } }, 'any other key: back'],
  ])('in %j', (changes, expected) => {
    expect(foot(80, changes)).toBe(expected);
  });
});

describe('the line of an expression', () => {
  const typing = (text: string, at: number, mistakeAt: number | null) => {
    const mistake = { at: mistakeAt, text: 'what is wrong' };
    const mode = {
      kind: 'filter',
      writing: { text, at },
      mistake,
      recall: recallFor([], ''),
    } as const;
    const { lines, columnsWith } = screenOf(20, 24, { mode });
    return {
      lines: lines.slice(-2),
      cursor: columnsWith(22, reverse),
      mistake: columnsWith(22, underline),
    };
  };

  test('shows the cursor, and what is wrong at its place', () => {
    expect(typing('pid = x', 7, 6)).toEqual({
      ...{ lines: ['/pid = x', 'what is wrong'], cursor: [8], mistake: [7] },
    });
    expect(typing('pid = x', 2, null)).toMatchObject({ cursor: [3], mistake: [] });
  });

  test('shows wide letters and the end of a long line with their places', () => {
    expect(typing('語語x', 3, 1)).toEqual({
      ...{ lines: [expect.stringMatching(/^\/語.?語.?x$/), 'what is wrong'] },
      ...{ cursor: [6], mistake: [3] },
    });
    const long = 'abcdefghijklmnopqrstuvwxyz';
    expect(typing(long, 26, 20)).toEqual({
      ...{ lines: ['/jklmnopqrstuvwxyz', 'what is wrong'], cursor: [18], mistake: [12] },
    });
    // A mistake that is not seen is told below.
    expect(typing(long, 26, 3)).toMatchObject({ mistake: [] });
  });
});
