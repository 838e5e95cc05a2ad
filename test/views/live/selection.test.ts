import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MarkedSocket } from '../../../src/model/report/marked-socket.ts';
import { noNames } from '../../../src/model/report/names.ts';
import { defaultListing } from '../../../src/options/default-listing.ts';
import { frameOf } from '../../../src/views/live/frame.ts';
import { inputReader } from '../../../src/views/live/input.ts';
import { layoutOf } from '../../../src/views/live/layout.ts';
import { pressed } from '../../../src/views/live/reducer.ts';
import { selectedRow, withRound } from '../../../src/views/live/selection.ts';
import { firstState, type LiveState } from '../../../src/views/live/state.ts';
import { reverse } from '../../../src/views/live/style.ts';
import { inet } from '../../support/builders.ts';
import { gridText } from './grid-text.ts';

const portOf = (at: number) => 20_001 + at;
const sockets: readonly MarkedSocket[] = Array.from({ length: 12 }, (_, at) => ({
  socket: inet(`127.0.0.1:${portOf(at)}`, '127.0.0.1:9000', { inode: at + 1 }),
  mark: null,
}));

const roundOf = (rows: readonly MarkedSocket[]) => ({
  ...{ takenAt: '', rows, totals: [], count: rows.length },
});

const first: LiveState = {
  ...firstState(defaultListing),
  size: { columns: 100, rows: 8 },
  round: roundOf(sockets),
};

const never = () => false;

function press(state: LiveState, keys: string) {
  let step: ReturnType<typeof pressed> = { state };
  const reader = inputReader();
  for (const one of [...reader.read(keys), ...reader.flush()]) {
    step = pressed(step.state, one, { titles: [], facts: [], check: () => null });
  }
  return step;
}

/** The text of the line that is drawn as selected. */
function bar(state: LiveState): string | undefined {
  const { grid } = frameOf(state, { names: noNames, explain: () => [] }, null);
  const { body } = layoutOf(state.size);
  return gridText(grid)
    .split('\n')
    .find((_, row) => row >= body && ((grid.styles[row * grid.columns] ?? 0) & reverse) !== 0);
}

/** Asserts that the bar, Enter and `y` are about the same row: the selected one. */
function checkSelection(state: LiveState): void {
  const { rows = [] } = state.round ?? {};
  const row = selectedRow(state);
  if (row === undefined) {
    expect(rows).toEqual([]);
    return;
  }
  if (state.chosen === null) expect(row).toBe(rows[0]);
  else if (rows.includes(state.chosen)) expect(row).toBe(state.chosen);
  const { local } = row.socket as { local: { port: number } };
  expect(bar(state)).toContain(`:${local.port} `);
  expect(press(state, '\r').state.mode).toMatchObject({ kind: 'details', of: row });
  const { effect } = press(state, 'y');
  expect(effect).toMatchObject({ kind: 'copy', text: expect.stringContaining(`:${local.port}`) });
}

test('the bar, Enter and y keep to the selected row, whatever rows come and go', () => {
  const step = fc.oneof(
    fc.record({ rows: fc.shuffledSubarray([...sockets]), mayComeBack: fc.boolean() }),
    fc.constantFrom('j', 'k', 'jjjj', 'G', '\x1b[H', '\x1b[6~', '\x1b[5~', '\x1b'),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      let state = first;
      for (const one of steps) {
        const { chosen } = state;
        state =
          typeof one === 'string'
            ? press(state, one).state
            : withRound(state, roundOf(one.rows), () => one.mayComeBack);
        checkSelection(state);
        if (typeof one === 'string' || chosen === null) continue;
        if (one.rows.includes(chosen) || one.mayComeBack) expect(state.chosen).toBe(chosen);
        else if (state.chosen !== null) expect(selectedRow(state)).toBe(state.chosen);
      }
    }),
    { numRuns: 300 },
  );
});

test('rows that vanish above the selected one move it up, in the same line of the screen', () => {
  const { state } = press(first, 'jjjjjj');
  expect(state.place).toEqual({ at: 6, top: 3 });
  const { place } = withRound(state, roundOf(sockets.slice(2)), never);
  expect(place).toEqual({ at: 4, top: 1 });
});

test('when the selected row is gone, the one in its place is selected from then on', () => {
  const { state } = press(first, 'jjjj');
  const without = sockets.filter((one) => one !== sockets[4]);
  const next = withRound(state, roundOf(without), never);
  expect(next.chosen).toBe(sockets[5]);
  expect(withRound(next, roundOf(without.slice(2)), never).place.at).toBe(2);
});

test('a selected row that may come back is selected again when it does', () => {
  const { state } = press(first, 'jjjj');
  const hidden = withRound(state, roundOf(sockets.slice(6)), () => true);
  expect(hidden.chosen).toBe(sockets[4]);
  expect(selectedRow(withRound(hidden, roundOf(sockets), never))).toBe(sockets[4]);
});
