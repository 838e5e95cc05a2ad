import type { CellContext } from '../../../attributes/attribute.ts';
import { attributeNamed } from '../../../attributes/index.ts';
import type { Names } from '../../../model/report/names.ts';
import { sortKeyOf } from '../../../model/request/query.ts';
import { textWidth } from '../../../text/width.ts';
import { cellStyle, cellText, fittingCell } from '../cells.ts';
import { fittingColumns, gap, isSameColumn, shownColumns } from '../columns.ts';
import { clipped, type Grid, put, restyle } from '../grid.ts';
import type { Layout } from '../layout.ts';
import { type LiveState, within } from '../state.ts';
import { bold, color, dim, plain, reverse, struck, underline } from '../style.ts';
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

/** Draws the table of sockets; returns the widths for the next frame. */
export function drawTable(
  grid: Grid,
  layout: Layout,
  state: LiveState,
  names: Names,
  before: Widths | null,
): Widths {
  const { asked, round, size } = state;
  const takenAt = round?.takenAt ?? '';
  const cellContext: CellContext = { takenAt, names, previous: null };
  const rows = round?.rows ?? [];
  const { at, top } = within(state.place, rows.length, layout.height);
  const visible = rows.slice(top, top + layout.height);
  const [sortKey = ''] = asked.query.sort;
  const sort = sortKeyOf(sortKey);
  const keys = shownColumns(asked);
  const titles = keys.map((key) => {
    const header = attributeNamed('sockets', key)?.header ?? key;
    return isSameColumn(key, sort.name) ? `${header}${sort.descending ? '↓' : '↑'}` : header;
  });
  const texts = visible.map(({ socket }) =>
    keys.map((key) => {
      const attribute = attributeNamed('sockets', key);
      return attribute === undefined ? '' : cellText(attribute, socket, cellContext);
    }),
  );
  const reserved = (key: string) => {
    const attribute = attributeNamed('sockets', key);
    return size.columns < leastWithReserve && attribute?.long ? 0 : (attribute?.width ?? 0);
  };
  const of = `${size.columns} ${titles.join(' ')}`;
  const needed = keys.map((key, column) =>
    Math.max(
      before?.of === of ? (before.needed[column] ?? 0) : reserved(key),
      textWidth(titles[column] ?? ''),
      ...texts.map((cells) => textWidth(cells[column] ?? '')),
    ),
  );
  const room = size.columns - markWidth;
  const shown = fittingColumns(keys, needed, room, asked.view.columns !== null, sort.name);
  const places = shown.map(({ attribute }) => keys.indexOf(attribute.key));

  let column = markWidth;
  for (const [index, { attribute, width }] of shown.entries()) {
    const title = clipped(titles[places[index] as number] ?? '', width);
    const shift = attribute.align === 'right' ? width - textWidth(title) : 0;
    put(grid, layout.titles, column + shift, title, bold, column + width);
    column += width + gap;
  }
  restyle(grid, layout.titles, underline);

  for (const [index, { mark }] of visible.entries()) {
    const row = layout.body + index;
    const look = mark === null ? null : marks[mark];
    if (look !== null) put(grid, row, 0, look.sign, look.style);
    let column = markWidth;
    for (const [index2, { attribute, width }] of shown.entries()) {
      const whole = texts[index]?.[places[index2] as number] ?? '';
      const text = fittingCell(attribute, whole, width);
      const shift = attribute.align === 'right' ? Math.max(0, width - textWidth(text)) : 0;
      const style = cellStyle(attribute, whole) | (look?.row ?? plain);
      put(grid, row, column + shift, text, style, column + width);
      column += width + gap;
    }
    if (top + index === at) restyle(grid, row, reverse);
  }
  if (visible.length === 0) drawNoRows(grid, layout, state);
  return { of, needed };
}
