import { noNames } from '../../../../src/model/report/names.ts';
import { defaultListing } from '../../../../src/options/default-listing.ts';
import { frameOf } from '../../../../src/views/live/frame.ts';
import { layoutOf } from '../../../../src/views/live/layout.ts';
import { firstState, type LiveState } from '../../../../src/views/live/state.ts';
import { reverse, type Style } from '../../../../src/views/live/style.ts';
import { inet } from '../../../support/builders.ts';
import { gridText } from '../grid-text.ts';

const rows = Array.from({ length: 30 }, (_, at) => ({
  socket: inet('192.0.2.1:443', `198.51.100.1:${at + 1}`),
  mark: null,
}));

/** A screen of 30 sockets. */
export function screenOf(columns: number, high: number, changes: Partial<LiveState> = {}) {
  const state: LiveState = {
    ...firstState(defaultListing),
    size: { columns, rows: high },
    round: {
      ...{ takenAt: '2026-01-31T12:00:00Z', rows, count: 1230 },
      totals: [
        ['ESTABLISHED', 1200],
        ['LISTEN', 30],
      ],
    },
    ...changes,
  };
  const { grid } = frameOf(state, { names: noNames, explain: () => [] }, null);
  const layout = layoutOf(state.size);
  const lines = gridText(grid).split('\n');
  const isSelected = (_: string, row: number) =>
    ((grid.styles[row * columns + columns - 1] ?? 0) & reverse) !== 0;
  return {
    ...{ lines, layout },
    /** The columns of a line that have this style. */
    columnsWith: (row: number, style: Style) =>
      Array.from({ length: columns }, (_, column) => column).filter(
        (column) => ((grid.styles[row * columns + column] ?? 0) & style) !== 0,
      ),
    /** From the titles to the last line that is not empty. */
    table: lines.slice(layout.titles, layout.foot).filter((line) => line !== ''),
    /** The lines that are shown as selected. */
    selected: lines.filter(isSelected),
  };
}
