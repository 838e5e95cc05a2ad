import type CliTable from 'cli-table3';
import type { Row } from '../model/snapshot.js';
import { type BoxWidths, boxWidths } from './column-widths.js';
import { type Column, type Scene, shown } from './columns/column.js';
import { pickColumns, sceneOf, tableKeys } from './columns/index.js';
import type { FormatContext, ReportStream } from './formatter.js';
import type { Paint } from './paint.js';
import { paintCell } from './paint-cell.js';
import { sanitize } from './sanitize.js';
import { slices } from './slices.js';
import { textWidth, wrap } from './text-width.js';

/** Rows to a page: cli-table3 is quadratic in the rows of one table, so it gets them in pages. */
export const pageRows = 64;
/** How wide a box may be where there is no terminal to say so. */
export const widthElsewhere = 120;

/** A cell's lines, safe to print. */
type Lines = readonly string[];

/** Draws one page of a box: its cells wrapped and coloured. */
type DrawPage = (cells: readonly (readonly Lines[])[], first: boolean) => string;

/**
 * Boxes for eyes, as wide as the terminal allows, drawn by cli-table3 a page at a time. The first
 * page (or the end) decides the widths; what is longer later goes on in the cell's next line, so
 * that nothing is cut. Several owners stand one below the other.
 */
export async function* table(report: ReportStream, context: FormatContext): AsyncGenerator<string> {
  const { default: Library } = await import('cli-table3');
  const { columns: named, header } = context.request;
  const scene = sceneOf(report, context);
  const keysOf = named ? () => named : tableKeys(report.kind, context.request);

  let keys: readonly string[] | null = null;
  let columns: readonly Column<Row>[] = [];
  let drawPage: DrawPage | null = null;
  let widths: BoxWidths | null = null;
  let page: (readonly Lines[])[] = [];

  /** Text of the rows that wait, and of the box's end if this is it. */
  function draw(last: boolean): string {
    const first = drawPage === null;
    widths ??= measure(columns, page, header, last, context.width ?? widthElsewhere);
    drawPage ??= pageDrawer(Library, columns, widths, header, context.paint);
    const text = page.length > 0 || (first && header) ? drawPage(page, first) : '';
    page = [];
    return last && !(first && text === '') ? text + bottomLine(widths, context.paint) : text;
  }

  function begin(wanted: readonly string[]): void {
    keys = wanted;
    columns = pickColumns(report.kind, wanted);
    drawPage = null;
    widths = null;
  }

  for await (const rows of slices(report.batches, pageRows)) {
    for (const row of rows) {
      const wanted = keysOf(row);
      if (wanted !== keys) {
        if (keys !== null) yield draw(true);
        begin(wanted);
      }
      page.push(columns.map((column) => linesOf(column, row, scene)));
      if (page.length === pageRows) yield draw(false);
    }
    // Only a box's first page waits until it is full: it has the widths to find.
    if (drawPage !== null && page.length > 0) yield draw(false);
  }
  if (keys === null) begin(keysOf(null));
  yield draw(true);
}

function linesOf(column: Column<Row>, row: Row, scene: Scene): Lines {
  const cell = shown(column, row, scene);
  return typeof cell === 'string' ? [sanitize(cell)] : cell.map(sanitize);
}

function measure(
  columns: readonly Column<Row>[],
  page: readonly (readonly Lines[])[],
  header: boolean,
  complete: boolean,
  room: number,
): BoxWidths {
  const wishes = columns.map((column, i) => ({
    header: header ? textWidth(column.header) : 0,
    cells: page.reduce((most, row) => Math.max(most, ...(row[i] as Lines).map(textWidth)), 0),
    reserve: complete ? 0 : (column.width ?? 0),
    long: column.long ?? false,
  }));
  return boxWidths(wishes, room);
}

function pageDrawer(
  Library: typeof CliTable,
  columns: readonly Column<Row>[],
  { widths, padding }: BoxWidths,
  header: boolean,
  paint: Paint | null,
): DrawPage {
  const quiet = (text: string) => paint?.quiet(text) ?? text;
  const heading = (text: string) => paint?.heading(text) ?? text;
  const upright = quiet('│');
  const sides = { left: upright, middle: upright, right: upright };
  const noBottom = { bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' };
  const noTop = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '' };
  const head = columns.map((column, i) =>
    wrap(column.header, widths[i] as number)
      .map(heading)
      .join('\n'),
  );

  return (page, first) => {
    const box = new Library({
      head: first && header ? head : [],
      colWidths: widths.map((width) => width + 2 * padding),
      colAligns: columns.map(({ align }) => align),
      chars: { ...sides, ...noBottom, ...(first ? {} : noTop) },
      style: {
        head: [],
        border: [],
        compact: true,
        'padding-left': padding,
        'padding-right': padding,
      },
    });
    for (const row of page) {
      box.push(
        row.map((cell, i) => cellText(cell, columns[i] as Column<Row>, widths[i] as number, paint)),
      );
    }
    const text = box.toString();
    return `${first && paint ? text.replace(/^[┌├].*$/gm, quiet) : text}\n`;
  };
}

/** One row's cell: each of its lines broken where it is too wide, each coloured by itself. */
function cellText(lines: Lines, column: Column<Row>, width: number, paint: Paint | null): string {
  const parts: string[] = [];
  for (const line of lines) {
    for (const part of wrap(line, width)) parts.push(paintCell(paint, column, line, part));
  }
  return parts.join('\n');
}

function bottomLine({ widths, padding }: BoxWidths, paint: Paint | null): string {
  const line = `└${widths.map((width) => '─'.repeat(width + 2 * padding)).join('┴')}┘`;
  return `${paint?.quiet(line) ?? line}\n`;
}
