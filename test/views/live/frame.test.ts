import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attributeNamed, columnKeys, firstToGo } from '../../../src/attributes/index.ts';
import type { MarkedSocket } from '../../../src/model/report/marked-socket.ts';
import { noNames } from '../../../src/model/report/names.ts';
import { defaultListing } from '../../../src/options/default-listing.ts';
import { countText } from '../../../src/text/counted.ts';
import { fittingCell } from '../../../src/views/live/cells.ts';
import {
  askedColumns,
  fittingColumns,
  gap,
  shownColumns,
  sortColumn,
} from '../../../src/views/live/columns.ts';
import { type FrameContext, frameOf } from '../../../src/views/live/frame.ts';
import { layoutOf } from '../../../src/views/live/layout.ts';
import { rateText, sparkline } from '../../../src/views/live/numbers.ts';
import { recallFor } from '../../../src/views/live/recall.ts';
import { firstState, type LiveState, start, within } from '../../../src/views/live/state.ts';
import { reverse } from '../../../src/views/live/style.ts';
import { inet, owner, unix } from '../../support/builders.ts';
import { gridText } from './grid-text.ts';

const context: FrameContext = {
  names: noNames,
  explain: () => [{ label: null, text: 'It is open.' }],
};

const hostile = '\x1b]0;x\x07\u202eevil\n';
const rows: readonly MarkedSocket[] = [
  { socket: inet('192.0.2.1:443', '[2001:db8::1234:5678:9abc]:50000'), mark: 'new' },
  {
    socket: inet('192.0.2.1:443', '198.51.100.1:7', { recvQueue: 4_294_967_295 }),
    mark: 'changed',
  },
  { socket: unix(hostile, { owners: [owner(1, hostile)], noOwner: null }), mark: 'closed' },
];

function stateOf(columns: number, high: number, changes: Partial<LiveState> = {}): LiveState {
  const asked = { ...defaultListing, view: { ...defaultListing.view, programs: true } };
  return {
    ...firstState(asked),
    size: { columns, rows: high },
    round: {
      ...{ takenAt: '2026-01-31T12:00:00Z', rows, count: 2 },
      totals: [['ESTABLISHED', 2]],
    },
    ...changes,
  };
}

const [first] = rows as readonly [MarkedSocket];
const detail = {
  ...{ socket: first.socket, isGone: false, takenAt: '', sent: [1, null, 3], received: [] },
  rtt: [],
};

const modes: readonly (readonly [string, Partial<LiveState>])[] = [
  ['the table', {}],
  [
    'an expression',
    {
      mode: {
        kind: 'filter',
        writing: { text: hostile, at: 3 },
        mistake: { text: hostile, at: 1 },
        recall: recallFor([], ''),
      },
    },
  ],
  ['details', { mode: { kind: 'details', of: first, top: 0 }, detail }],
  ['help', { mode: { kind: 'help', top: 9999 } }],
  [
    'a list to choose from',
    {
      mode: {
        ...{ kind: 'choose', what: 'columns', place: start },
        choices: [
          { key: 'proto', label: 'proto', title: 'Proto', meaning: 'What it is.', isOn: true },
        ],
      },
    },
  ],
  [
    'groups',
    {
      grouping: 'program',
      groups: [
        {
          ...{ name: hostile, condition: null, count: 3, established: 2, listening: 1 },
          ...{ sent: 1, received: null },
        },
      ],
    },
  ],
  ['a message', { message: { text: hostile, isError: true } }],
  ['a warning', { warning: { text: hostile, isLasting: true } }],
  ['a failure', { round: null, failure: hostile }],
];

describe('a screen', () => {
  test.each(
    modes.flatMap(([name, changes]) =>
      (
        [
          [1, 1],
          [10, 3],
          [40, 10],
          [80, 24],
          [400, 100],
        ] as const
      ).map(([columns, high]) => [name, columns, high, changes] as const),
    ),
  )(
    'of %s at %i×%i has just so many cells, and nothing of others in them',
    (_name, columns, high, changes) => {
      const { grid } = frameOf(stateOf(columns, high, changes), context, null);
      expect(grid.texts).toHaveLength(columns * high);
      const text = gridText(grid);
      expect(text).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
      expect(text.split('\n')).toHaveLength(high);
    },
  );

  test('marks what is new, changed and closed by a sign too', () => {
    const lines = gridText(frameOf(stateOf(120, 24), context, null).grid).split('\n');
    const { body } = layoutOf({ columns: 120, rows: 24 });
    expect(lines.slice(body, body + 3).map((line) => line[0])).toEqual(['+', '~', '-']);
  });

  test.each([
    ['the table', {}, ['Proto', 'Recv-Q', 'Send-Q', 'Local Address'], 4],
    ['groups', { grouping: 'state', groups: [] }, ['Sockets↓', 'Open', 'Servers', 'Recv'], 4],
    ['the help', { mode: { kind: 'help', top: 0 } }, [], 0],
  ] as const)('of %s tells where the titles are', (_, changes, expected, count) => {
    const state = stateOf(120, 24, changes);
    const { grid, titles } = frameOf(state, context, null);
    const line = gridText(grid).split('\n')[layoutOf(state.size).titles] ?? '';
    const texts = titles.map(({ x, width }) => line.slice(x, x + width).trim());
    expect(texts.slice(0, count)).toEqual(expected);
    expect(new Set(titles.map(({ key }) => key)).size).toBe(titles.length);
  });

  test('does not narrow columns while the same ones are shown', () => {
    const wide = frameOf(stateOf(200, 24), context, null);
    const few = stateOf(200, 24);
    const narrow = { ...few, round: few.round && { ...few.round, rows: rows.slice(1, 2) } };
    const titles = (text: string) => text.split('\n')[3];
    const now = frameOf(narrow, context, wide.widths);
    expect(titles(gridText(now.grid))).toBe(titles(gridText(wide.grid)));
  });

  test.each([
    ['a', 200, 200],
    ['語', 200, 200],
    ['語a', 99, 198],
    ['e\u0301語', 120, 240],
    ['語', 200, 100],
    ['語', 200, 0],
  ])(
    'shows what is written of a long line of %j × %i, at character %i',
    (part, times, characters) => {
      const text = part.repeat(times);
      const at = [...text].slice(0, characters).join('').length;
      const mode = {
        kind: 'filter',
        writing: { text, at },
        mistake: null,
        recall: recallFor([], ''),
      } as const;
      const columns = 40;
      const { grid } = frameOf(stateOf(columns, 24, { mode }), context, null);
      const row = layoutOf({ columns, rows: 24 }).foot - 1;
      const cells = grid.texts.slice(row * columns, (row + 1) * columns);
      const cursor = [...grid.styles.slice(row * columns, (row + 1) * columns)].findIndex(
        (style) => (style & reverse) !== 0,
      );
      const before = cells.slice(1, cursor).join('');
      const behind = cells.slice(cursor).join('').trimEnd();
      // No room is left empty before the cursor, and what stands there is what was written there.
      expect(cursor).toBe(at === 0 ? 1 : cursor);
      if (at > 0) expect(cursor).toBeGreaterThan(columns - 4);
      expect(text.slice(0, at).endsWith(before)).toBe(true);
      expect(text.slice(at).startsWith(behind)).toBe(true);
      expect(before + behind).not.toBe('');
    },
  );

  test.each([
    ['the table', { mode: { kind: 'table' } }],
    ['details', { mode: { kind: 'details', of: first, top: 0 }, detail }],
  ] as const)('shows in %s why the last round could not be read', (_name, changes) => {
    const { grid } = frameOf(stateOf(80, 24, { ...changes, failure: 'no route' }), context, null);
    expect(gridText(grid).split('\n').at(-1)).toBe('no route');
  });

  test('shows that there is nothing, and what helps', () => {
    const empty = stateOf(80, 24);
    const round = empty.round && { ...empty.round, rows: [] };
    expect(gridText(frameOf({ ...empty, round }, context, null).grid)).toContain('a shows servers');
  });

  test.each(Array.from({ length: 361 }, (_, at) => 40 + at))(
    '%i columns wide, numbers and ports are whole',
    (columns) => {
      const text = gridText(frameOf(stateOf(columns, 24), context, null).grid);
      expect(text).toMatch(/:443\b/);
      // The remote address is left out rather than cut further.
      if (columns >= 57) expect(text).toMatch(/:50000\b/);
      else expect(text).not.toContain('Foreign');
      // The queue is shown whole or not at all.
      const queues = text.match(/\b4294\d*/g) ?? [];
      expect(queues.every((queue) => queue === '4294967295')).toBe(true);
    },
  );
});

describe('a low screen', () => {
  test.each(Array.from({ length: 14 }, (_, at) => at + 1))('of %i lines has each once', (high) => {
    const { head, totals, asked, titles, body, height, foot } = layoutOf({
      columns: 80,
      rows: high,
    });
    const table = Array.from({ length: height }, (_, at) => body + at);
    const used = [head, totals, asked, titles, ...table, ...(high === 1 ? [] : [foot])];
    expect(used.filter((row) => row >= 0)).toEqual(Array.from({ length: high }, (_, row) => row));
  });

  const row = /^\+ tcp .*192\.0\.2\.1:443/;
  const mode = {
    kind: 'filter',
    writing: { text: 'dport', at: 5 },
    mistake: { at: 0, text: 'what is missing' },
    recall: recallFor([], ''),
  } as const;
  const message = { text: 'copied', isError: false };
  const warning = { text: 'no answer', isLasting: true };
  test.each<[string, number, Partial<LiveState>, readonly RegExp[]]>([
    ['names, a row and keys', 4, {}, [/^tsnetstat/, /Proto/, row, /q quit/]],
    ['names, a row and keys', 3, {}, [/Proto/, row, /q quit/]],
    ['a row and keys', 2, {}, [row, /q quit/]],
    ['a row', 1, {}, [row]],
    ['a message in place of the row', 1, { message }, [/^copied$/]],
    ['a warning beside a key', 2, { warning }, [row, /^no answer {2,}\? help$/]],
    ['a message before a warning', 2, { warning, message }, [row, /^copied$/]],
    ['a row rather than a warning', 1, { warning }, [row]],
    ['why there is no row', 1, { failure: 'no route' }, [/^no route$/]],
    ['what is typed, and what is wrong', 2, { mode }, [/^\/dport$/, /^what is missing$/]],
    ['what is typed', 1, { mode }, [/^\/dport$/]],
  ])('shows %s in %i lines', (_, high, changes, expected) => {
    const { grid } = frameOf(stateOf(80, high, changes), context, null);
    const lines = gridText(grid).split('\n');
    expect(lines).toEqual(expected.map((line) => expect.stringMatching(line)));
  });
});

describe('columns', () => {
  const listing = { ...defaultListing, view: { ...defaultListing.view, programs: true } };
  const keys = askedColumns({ ...listing, query: { ...listing.query, protocols: ['tcp'] } });
  const needed = keys.map(() => 12);

  test.each([
    [200, 'proto recvq sendq src dst state pid program'],
    [95, 'proto recvq src dst state pid program'],
    [82, 'proto src dst state pid program'],
    [60, 'src dst state program'],
    [20, 'src'],
  ] as const)('in %i columns there are %s', (room, expected) => {
    const shown = fittingColumns(keys, needed, room, false).map(({ attribute }) => attribute.key);
    expect(shown.join(' ')).toBe(expected);
  });

  test.each<[number, number, number, string]>([
    [58, 15, 21, 'src:15 dst:21 state:11 program:8'],
    [58, 45, 45, 'src:23 dst:22 state:11'],
    [54, 45, 45, 'src:42 state:11'],
    [38, 14, 21, 'src:14 state:11'],
    [38, 19, 21, 'src:19 state:11'],
    [38, 45, 45, 'src:26 state:11'],
    [20, 14, 21, 'src:14'],
    [10, 45, 45, 'src:10'],
  ])('in %i columns, addresses of %i and %i: %s', (room, src, dst, expected) => {
    const needs = keys.map((key) => ({ src, dst, state: 11, program: 30 })[key] ?? 6);
    const shown = fittingColumns(keys, needs, room, false);
    expect(shown.map(({ attribute, width }) => `${attribute.key}:${width}`).join(' ')).toBe(
      expected,
    );
  });

  const everyKey = columnKeys('sockets');
  const someKeys = fc.subarray([...everyKey], { minLength: 1, maxLength: 10 });
  const widths = fc.infiniteStream(fc.integer({ min: 3, max: 40 }));
  /** What is shown in each room, from where everything is. */
  function* shrinking(
    keys: readonly string[],
    needs: Iterator<number>,
    areNamed: boolean,
    sorted = '',
  ) {
    const needed = keys.map(() => needs.next().value as number);
    for (let room = needed.reduce((sum, one) => sum + one + gap, 0); room > 0; room--) {
      const shown = fittingColumns(keys, needed, room, areNamed, sorted);
      yield shown.map(({ attribute }) => attribute.key);
    }
  }

  test('go as the window narrows, and none comes back', () => {
    const sortKey = fc.constantFrom('', ...everyKey);
    fc.assert(
      fc.property(someKeys, widths, fc.boolean(), sortKey, (keys, needs, areNamed, sorted) => {
        let before = keys;
        for (const shown of shrinking(keys, needs, areNamed, sorted)) {
          expect(shown.filter((key) => !before.includes(key))).toEqual([]);
          before = shown;
        }
      }),
      { numRuns: 30 },
    );
  });

  test('go in one order', () => {
    const order = [
      ...firstToGo('sockets'),
      ...everyKey.toReversed().filter((key) => !['dst', 'state', 'src'].includes(key)),
      ...['dst', 'state', 'src'],
    ];
    const place = (key: string) => order.indexOf(key);
    fc.assert(
      fc.property(someKeys, widths, (keys, needs) => {
        for (const shown of shrinking(keys, needs, false)) {
          const gone = keys.filter((key) => !shown.includes(key)).map(place);
          expect(Math.max(-1, ...gone)).toBeLessThan(Math.min(...shown.map(place)));
        }
      }),
      { numRuns: 30 },
    );
  });

  test('the remote address stays if rows are sorted by it, and is cut then', () => {
    const keysOf = (some: readonly string[], room: number, stays?: string) =>
      fittingColumns(
        some,
        some.map(() => 21),
        room,
        false,
        stays,
      ).map(({ attribute }) => attribute.key);
    expect(keysOf(['src', 'dst', 'state'], 44, 'dst')).toEqual(['src', 'dst']);
    expect(keysOf(['src', 'dst'], 30, 'dst')).toEqual(['src', 'dst']);
  });

  test('the one that rows are sorted by stays', () => {
    const shown = fittingColumns(keys, needed, 60, false, 'recvq');
    expect(shown.map(({ attribute }) => attribute.key)).toContain('recvq');
    const few = fittingColumns([...keys, 'sentrate'], [...needed, 11], 36, false, 'sentrate');
    expect(few.map(({ attribute }) => attribute.key)).toContain('sentrate');
  });

  test.each([
    ['family', null, 'proto', ['proto', 'recvq', 'sendq', 'src', 'dst', 'state']],
    ['family', ['proto', 'family'], 'family', ['proto', 'family']],
    ['family', ['src'], 'family', ['src', 'family']],
    ['-rtt', ['src'], 'rtt', ['src', 'rtt']],
    ['sport', ['lport'], 'sport', ['lport']],
  ])('sorted by %s, of %j, %s shows it', (key, columns, sorted, expected) => {
    const { query, view } = defaultListing;
    const asked = {
      ...defaultListing,
      query: { ...query, protocols: ['tcp' as const], sort: [key] },
      view: { ...view, columns },
    };
    expect(sortColumn(asked)).toBe(sorted);
    expect(shownColumns(asked)).toEqual(expected);
  });

  test('named ones are left out from the right', () => {
    const shown = fittingColumns(['inode', 'state', 'user'], [12, 12, 12], 26, true);
    expect(shown.map(({ attribute }) => attribute.key)).toEqual(['inode', 'state']);
  });

  test('named ones are cut before any is left out', () => {
    const shown = fittingColumns(['inode', 'dst', 'program'], [12, 30, 20], 31, true);
    expect(shown.map(({ attribute, width }) => [attribute.key, width])).toEqual([
      ['inode', 12],
      ['dst', 9],
      ['program', 8],
    ]);
  });
});

describe('cells that have no room', () => {
  test.each([
    ['src', '192.0.2.100:443', 12, '192.0.2…:443'],
    ['dst', '[2001:db8::1]:50000', 12, '[2001…:50000'],
    ['src', '/run/systemd/private', 12, '…emd/private'],
    ['program', 'a-long-program', 8, 'a-long-…'],
    ['src', '192.0.2.1:443', 20, '192.0.2.1:443'],
  ] as const)('%s: %s in %i is %s', (key, text, width, expected) => {
    const attribute = attributeNamed('sockets', key);
    if (attribute === undefined) throw new Error(key);
    expect(fittingCell(attribute, text, width)).toBe(expected);
  });
});

describe('numbers', () => {
  test.each([
    [0, '0 B/s'],
    [999, '999 B/s'],
    [1000, '1.00 kB/s'],
    [12_345, '12.3 kB/s'],
    [999_999, '1.00 MB/s'],
    [123_456_789_000, '123 GB/s'],
    [null, '-'],
  ] as const)('%s a second is %s', (rate, expected) => {
    expect(rateText(rate)).toBe(expected);
  });

  test('have their thousands apart', () => {
    expect([0, 999, 1000, 1_234_567].map(countText)).toEqual(['0', '999', '1,000', '1,234,567']);
  });

  test('stand as bars, a blank for what is not known', () => {
    expect(sparkline([0, 4, null, 8], 10)).toBe('▁▄ █');
    expect(sparkline([1, 2, 3], 2)).toBe('▆█');
    expect(sparkline([0, 0], 5)).toBe('▁▁');
  });
});

test.each([
  [{ at: 5, top: 0 }, 10, 3, { at: 5, top: 3 }],
  [{ at: 50, top: 50 }, 10, 3, { at: 9, top: 7 }],
  [{ at: -4, top: -4 }, 10, 3, { at: 0, top: 0 }],
  [{ at: 2, top: 9 }, 10, 3, { at: 2, top: 2 }],
  [{ at: 4, top: 4 }, 0, 3, { at: 0, top: 0 }],
] as const)(
  'the place %j in %i lines of which %i are seen is %j',
  (place, length, height, expected) => {
    expect(within(place, length, height)).toEqual(expected);
  },
);
