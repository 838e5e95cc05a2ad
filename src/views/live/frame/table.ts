import type { Attribute, CellContext } from '../../../attributes/attribute.ts';
import { attributeNamed } from '../../../attributes/index.ts';
import type { MarkedSocket } from '../../../model/report/marked-socket.ts';
import type { Names } from '../../../model/report/names.ts';
import { sortKeyOf } from '../../../model/request/query.ts';
import type { Socket } from '../../../model/socket/socket.ts';
import { textWidth } from '../../../text/width.ts';
import { cellStyle, cellText, fittingCell } from '../cells.ts';
import { fittingColumns, gap, isSameColumn, shownColumns, sortColumn } from '../columns.ts';
import { clipped, type Grid, put, restyle } from '../grid.ts';
import type { Layout, ShownTitle } from '../layout.ts';
import { type LiveState, within } from '../state.ts';
import { bold, color, dim, plain, reverse, type Style, struck, underline } from '../style.ts';
import { drawNoRows, markWidth } from './no-rows.ts';

/** The widest cells so far: columns only grow, so that they do not jump. */
export interface Widths {
  readonly of: string;
  readonly needed: readonly number[];
}

const marks = {
  new: { sign: '+', style: color.green | bold, row: bold },
  changed: { sign: '~', style: color.yellow | bold, row: bold },
  closed: { sign: '-', style: color.red, row: dim | struck },
} as const;

/** A narrower screen keeps no room for long texts that are not seen yet: other columns need it. */
const leastWithReserve = 80;

/** Draws the table of sockets; returns the widths for the next frame, and where its titles are. */
export function drawTable(
  grid: Grid,
  layout: Layout,
  state: LiveState,
  names: Names,
  before: Widths | null,
): { readonly widths: Widths; readonly titles: readonly ShownTitle[] } {
  const rows = state.round?.rows ?? [];
  const { at, top } = within(state.place, rows.length, layout.height);
  const visible = rows.slice(top, top + layout.height);
  const texts = tableTexts(state, visible, names);
  const widths = widthsFor(texts, state.size, before);
  const columns = positionedColumns(texts, widths, state);
  drawTitles(grid, layout, texts, columns);
  drawRows(grid, layout, texts, columns, visible);
  if (visible.length === 0) drawNoRows(grid, layout, state);
  else restyle(grid, layout.body + at - top, reverse);
  const titles = columns.map(({ attribute: { key }, x, width }) => ({ key, x, width }));
  return { widths, titles };
}

/** The table's columns by their keys, and the whole text of each cell. */
interface TableTexts {
  readonly keys: readonly string[];
  readonly titles: readonly string[];
  /** The cells of each visible row. */
  readonly rows: readonly (readonly string[])[];
}

/** The titles and cells of the visible rows, before they are cut to their widths. */
function tableTexts(
  { asked, round }: LiveState,
  visible: readonly MarkedSocket[],
  names: Names,
): TableTexts {
  const context: CellContext = { takenAt: round?.takenAt ?? '', names, previous: null };
  const { descending } = sortKeyOf(asked.query.sort[0] ?? '');
  const sorted = sortColumn(asked);
  const keys = shownColumns(asked);
  const attributes = keys.map((key) => attributeNamed('sockets', key));
  return {
    keys,
    titles: keys.map((key, index) => {
      const header = attributes[index]?.header ?? key;
      return isSameColumn(key, sorted) ? `${header}${descending ? '↓' : '↑'}` : header;
    }),
    rows: visible.map(({ socket }) =>
      attributes.map((one) => (one === undefined ? '' : cellText(one, socket, context))),
    ),
  };
}

/** How wide each column needs to be, no narrower than before. */
function widthsFor(
  { keys, titles, rows }: TableTexts,
  { columns }: LiveState['size'],
  before: Widths | null,
): Widths {
  const of = `${columns} ${titles.join(' ')}`;
  const reserved = (key: string) => {
    const attribute = attributeNamed('sockets', key);
    return columns < leastWithReserve && attribute?.long ? 0 : (attribute?.width ?? 0);
  };
  const needed = keys.map((key, index) =>
    Math.max(
      before?.of === of ? (before.needed[index] ?? 0) : reserved(key),
      textWidth(titles[index] ?? ''),
      ...rows.map((cells) => textWidth(cells[index] ?? '')),
    ),
  );
  return { of, needed };
}

/** A column for which there is room. */
interface PositionedColumn {
  readonly attribute: Attribute<Socket>;
  /** Its index among all columns. */
  readonly index: number;
  /** Where it begins on the screen. */
  readonly x: number;
  readonly width: number;
}

function positionedColumns(
  { keys }: TableTexts,
  { needed }: Widths,
  { asked, size }: LiveState,
): readonly PositionedColumn[] {
  const room = size.columns - markWidth;
  let x = markWidth;
  return fittingColumns(keys, needed, room, asked.view.columns !== null, sortColumn(asked)).map(
    ({ attribute, width }) => {
      const column = { attribute, index: keys.indexOf(attribute.key), x, width };
      x += width + gap;
      return column;
    },
  );
}

function drawTitles(
  grid: Grid,
  { titles: row }: Layout,
  { titles }: TableTexts,
  columns: readonly PositionedColumn[],
): void {
  for (const column of columns) {
    putCell(grid, row, column, clipped(titles[column.index] ?? '', column.width), bold);
  }
  restyle(grid, row, underline);
}

function drawRows(
  grid: Grid,
  { body }: Layout,
  { rows }: TableTexts,
  columns: readonly PositionedColumn[],
  visible: readonly MarkedSocket[],
): void {
  for (const [line, { mark }] of visible.entries()) {
    const row = body + line;
    const look = mark === null ? null : marks[mark];
    if (look !== null) put(grid, row, 0, look.sign, look.style);
    for (const column of columns) {
      const { attribute, index, width } = column;
      const whole = rows[line]?.[index] ?? '';
      const style = cellStyle(attribute, whole) | (look?.row ?? plain);
      putCell(grid, row, column, fittingCell(attribute, whole, width), style);
    }
  }
}

/** Writes a text into its column of a row, aligned. */
function putCell(
  grid: Grid,
  row: number,
  { attribute, x, width }: PositionedColumn,
  text: string,
  style: Style,
): void {
  const shift = attribute.align === 'right' ? Math.max(0, width - textWidth(text)) : 0;
  put(grid, row, x + shift, text, style, x + width);
}
