import type CliTable from 'cli-table3';
import type { Attribute } from '../../attributes/attribute.ts';
import type { Row } from '../../model/report/snapshot.ts';
import { fill, textWidth } from '../../text/width.ts';
import { wrap } from '../../text/wrap.ts';
import { boxWidths, columnsOfBox, type WidthWish } from './column-widths.ts';
import type { Paint } from './paint.ts';
import { paintCell } from './paint-cell.ts';

/** The width of a box if there is no terminal. */
export const widthElsewhere = 120;

/** A cell's lines, already sanitized. */
export type Lines = readonly string[];

/** How a box is drawn, whatever its rows. */
export interface BoxOptions {
  readonly columns: readonly Attribute<Row>[];
  /** Keys of columns that may be left out where there is too little room, in this order. */
  readonly firstToGo: readonly string[];
  readonly header: boolean;
  /** The most characters that the box may be wide. */
  readonly room: number;
  readonly paint: Paint | null;
}

/** A box drawn page by page, with fixed column widths. */
export interface Box {
  page(rows: readonly (readonly Lines[])[]): string;
  end(): string;
}

/** A column of an open box, with its index in a row. */
interface BoxColumn {
  readonly column: Attribute<Row>;
  readonly at: number;
  /** The width of its content. */
  readonly width: number;
  /** Where its header is broken. */
  readonly breakAt: 'blanks' | 'joints';
}

/** The columns of a box. */
interface BoxLayout {
  readonly columns: readonly BoxColumn[];
  /** The number of blanks on each side of a cell. */
  readonly padding: number;
  /** Those for which there was no room. */
  readonly leftOut: readonly Attribute<Row>[];
}

/**
 * Begins a box whose widths suit these rows. cli-table3 draws its top and header, once; rows are joined here, since
 * cli-table3's cost grows with the square of a table's rows and of a cell's lines.
 * @param complete No further rows will come, so no width is reserved for longer ones.
 */
export function openBox(
  Library: typeof CliTable,
  options: BoxOptions,
  rows: readonly (readonly Lines[])[],
  complete: boolean,
): Box {
  const { header, paint, room } = options;
  const layout = layoutOf(options, rows, complete);
  const { columns, padding, leftOut } = layout;
  const quiet = (text: string) => paint?.quiet(text) ?? text;
  const sides = sidesOf(quiet('│'), padding);
  let begun = false;
  return {
    page(rowsOfPage) {
      if (rowsOfPage.length === 0 && (begun || !header)) return '';
      let text = begun ? '' : topOf(Library, layout, options, rowsOfPage.length > 0);
      begun = true;
      for (const row of rowsOfPage) text += rowText(row, columns, sides, paint);
      return text;
    },
    end() {
      if (!begun) return '';
      const bottom = `└${columns.map(({ width }) => '─'.repeat(width + 2 * padding)).join('┴')}┘`;
      return [bottom, ...lineOf(leftOut, room)].map((line) => `${quiet(line)}\n`).join('');
    },
  };
}

/** Which columns there is room for, and how wide each is. */
function layoutOf(
  { columns, firstToGo, header, room }: BoxOptions,
  rows: readonly (readonly Lines[])[],
  complete: boolean,
): BoxLayout {
  const wishes = columns.map((column, i) => ({
    header: header ? textWidth(column.header) : 0,
    headerWord: header ? Math.max(...column.header.split(' ').map(textWidth)) : 0,
    cells: widestCell(rows, i),
    reserve: complete ? 0 : (column.width ?? 0),
    long: column.long ?? false,
  }));
  const mayGo = firstToGo
    .map((key) => columns.findIndex((column) => column.key === key))
    .filter((at) => at >= 0);
  const kept = columnsOfBox(wishes, room, mayGo);
  const { widths, padding } = boxWidths(
    kept.map((at) => wishes[at] as WidthWish),
    room,
  );
  return {
    columns: kept.map((at, i) => {
      const width = widths[i] as number;
      const breakAt = (wishes[at]?.headerWord ?? 0) <= width ? 'blanks' : 'joints';
      return { column: columns[at] as Attribute<Row>, at, width, breakAt };
    }),
    padding,
    leftOut: columns.filter((_, at) => !kept.includes(at)),
  };
}

/** The lines above the rows; includes the line under the header only if rows follow. */
function topOf(
  Library: typeof CliTable,
  { columns, padding }: BoxLayout,
  { header, paint }: Pick<BoxOptions, 'header' | 'paint'>,
  rowsFollow: boolean,
): string {
  const quiet = (text: string) => paint?.quiet(text) ?? text;
  const heading = (text: string) => paint?.heading(text) ?? text;
  const upright = quiet('│');
  const head = columns.map(({ column, width, breakAt }) =>
    wrap(column.header, width, breakAt).map(heading).join('\n'),
  );
  const table = new Library({
    head: header ? head : [],
    colWidths: columns.map(({ width }) => width + 2 * padding),
    colAligns: columns.map(({ column }) => column.align),
    chars: {
      ...{ left: upright, middle: upright, right: upright },
      ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
    },
    style: {
      ...{ head: [], border: [], compact: true },
      ...{ 'padding-left': padding, 'padding-right': padding },
    },
  });
  if (rowsFollow) table.push(columns.map(() => ''));
  const lines = table.toString().split('\n');
  // Without the empty row that was added to make cli-table3 draw the line under the header.
  if (rowsFollow) lines.pop();
  return lines.map((line) => `${/^[┌├]/.test(line) ? quiet(line) : line}\n`).join('');
}

/** A line that names the columns for which there was no room. */
function lineOf(leftOut: readonly Attribute<Row>[], room: number): readonly string[] {
  if (leftOut.length === 0) return [];
  const names = leftOut.map(({ header }) => header).join(', ');
  return wrap(`(no room for ${names})`, room, 'blanks');
}

/** The width of the widest line in one column. */
function widestCell(rows: readonly (readonly Lines[])[], at: number): number {
  let most = 0;
  for (const row of rows) {
    for (const line of row[at] ?? []) most = Math.max(most, textWidth(line));
  }
  return most;
}

/** The border text to the left of a line's cells, between them, and to their right. */
interface Sides {
  readonly left: string;
  readonly between: string;
  readonly right: string;
}

function sidesOf(upright: string, padding: number): Sides {
  const blank = ' '.repeat(padding);
  return {
    left: upright + blank,
    between: blank + upright + blank,
    right: `${blank + upright}\n`,
  };
}

/** One line of a cell, and the whole text that it was broken from. */
interface Piece {
  readonly text: string;
  readonly whole: string;
}

const nothing: Piece = { text: '', whole: '' };

/**
 * One row's lines: each text is broken where it is too wide, each part coloured by itself. Entries with the same
 * index (a PID and its program) begin on the same line.
 */
function rowText(
  row: readonly Lines[],
  boxColumns: readonly BoxColumn[],
  { left, between, right }: Sides,
  paint: Paint | null,
): string {
  const parts = boxColumns.map(
    ({ at, width }) => row[at]?.map((line) => wrap(line, width, 'joints')) ?? [],
  );
  const inStep = stepHeights(parts);
  const cells = parts.map((lines, index) => {
    const at = boxColumns[index]?.at as number;
    const pieces: Piece[] = [];
    for (const [i, broken] of lines.entries()) {
      const whole = row[at]?.[i] as string;
      for (const text of broken) pieces.push({ text, whole });
      const height = lines.length > 1 ? (inStep[i] as number) : 0;
      for (let filled = broken.length; filled < height; filled++) pieces.push(nothing);
    }
    return pieces;
  });
  const height = cells.reduce((most, pieces) => Math.max(most, pieces.length), 0);
  let text = '';
  for (let line = 0; line < height; line++) {
    for (const [at, column] of boxColumns.entries()) {
      const piece = cells[at]?.[line] ?? nothing;
      text += (at === 0 ? left : between) + pieceText(piece, column, paint);
    }
    text += right;
  }
  return text;
}

/** How many lines each entry takes, in the list that needs the most for it. */
function stepHeights(parts: readonly (readonly (readonly string[])[])[]): readonly number[] {
  const heights: number[] = [];
  for (const lines of parts) {
    if (lines.length < 2) continue;
    for (const [i, broken] of lines.entries()) {
      heights[i] = Math.max(heights[i] ?? 0, broken.length);
    }
  }
  return heights;
}

/** A piece padded to its column's width. */
function pieceText(
  { text, whole }: Piece,
  { column, width }: BoxColumn,
  paint: Paint | null,
): string {
  const blanks = fill(text, width);
  const painted = text === '' ? '' : paintCell(paint, column, whole, text);
  return column.align === 'right' ? blanks + painted : painted + blanks;
}
