import type { GroupSortKey } from '../../../model/socket/group-order.ts';
import type { Grouping, SocketGroup } from '../../../model/socket/grouping.ts';
import { textWidth } from '../../../text/width.ts';
import { clipped, type Grid, put, restyle } from '../grid.ts';
import { groupColumns } from '../group-columns.ts';
import type { Layout, ShownTitle } from '../layout.ts';
import { type LiveState, within } from '../state.ts';
import { bold, dim, plain, reverse, type Style, underline } from '../style.ts';
import { drawNoRows, markWidth } from './no-rows.ts';

/** Draws groups of sockets; returns where their titles are. */
export function drawGroups(
  grid: Grid,
  layout: Layout,
  state: LiveState,
  grouping: Grouping,
): readonly ShownTitle[] {
  const { groups: all, groupPlace, groupSort } = state;
  const { at, top } = within(groupPlace, all.length, layout.height);
  const visible = all.slice(top, top + layout.height);
  const columns = fitting(textsOf(visible, state, grouping), grid.columns, groupSort.key);
  const line = (row: number, textOf: (column: PositionedColumn) => string, style: Style) => {
    for (const column of columns) {
      const { key, x, width } = column;
      const text = textOf(column);
      if (key === 'name') put(grid, row, x, clipped(text, width), style);
      else put(grid, row, x + width - textWidth(text), text, text === '-' ? dim : style);
    }
  };
  line(layout.titles, ({ title }) => title, bold);
  restyle(grid, layout.titles, underline);
  for (const index of visible.keys()) {
    const row = layout.body + index;
    line(row, ({ cells }) => cells[index] ?? '', plain);
    if (top + index === at) restyle(grid, row, reverse);
  }
  if (visible.length === 0) drawNoRows(grid, layout, state);
  return columns;
}

/** A column's title and the whole texts of its visible cells. */
interface ColumnTexts {
  readonly key: GroupSortKey;
  readonly title: string;
  readonly cells: readonly string[];
}

function textsOf(
  visible: readonly SocketGroup[],
  { groupSort }: LiveState,
  grouping: Grouping,
): readonly ColumnTexts[] {
  return groupColumns(grouping).map(({ key, title, text }) => ({
    key,
    title: key === groupSort.key ? `${title}${groupSort.descending ? '↓' : '↑'}` : title,
    cells: visible.map(text),
  }));
}

/** A column for which there is room. */
interface PositionedColumn extends ColumnTexts, ShownTitle {
  readonly key: GroupSortKey;
}

/** The blanks between two columns. */
const gap = 2;
/** The least width of the name. */
const leastName = 12;
/** The columns that are left out where there is no room, in this order; that of the order goes last. */
const firstToGo: readonly GroupSortKey[] = ['listening', 'established', 'sent', 'received'];

/** The columns that fit into a screen of so many cells: the count always does, and the name has what is left. */
function fitting(
  all: readonly ColumnTexts[],
  cells: number,
  sorted: GroupSortKey,
): readonly PositionedColumn[] {
  const widthOf = ({ title, cells }: ColumnTexts) =>
    Math.max(textWidth(title), ...cells.map((text) => textWidth(text)));
  let shown = all.map((column) => ({ ...column, width: widthOf(column) }));
  const used = () =>
    shown.reduce(
      (sum, { key, width }) => sum + (key === 'name' ? leastName : width + gap),
      markWidth,
    );
  for (const gone of firstToGo.toSorted((a, b) => Number(a === sorted) - Number(b === sorted))) {
    if (used() <= cells) break;
    shown = shown.filter(({ key }) => key !== gone);
  }
  let x = markWidth;
  return shown.map((column) => {
    const width = column.key === 'name' ? Math.max(0, cells - x) : column.width;
    const positioned = { ...column, x, width };
    x += width + gap;
    return positioned;
  });
}
