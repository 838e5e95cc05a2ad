import type CliTable from 'cli-table3';
import type { Row } from '../model/snapshot.js';
import { boxWidths } from './column-widths.js';
import type { Column } from './columns/column.js';
import type { Paint } from './paint.js';
import { paintCell } from './paint-cell.js';
import { textWidth, wrap } from './text-width.js';

/** A cell's lines, safe to print. */
export type Lines = readonly string[];

/** What a box is drawn by, whatever its rows. */
export interface BoxOptions {
  readonly columns: readonly Column<Row>[];
  readonly header: boolean;
  /** Characters that the box may be wide. */
  readonly room: number;
  readonly paint: Paint | null;
}

/** A box that grows by pages, its widths fixed from the start. */
export interface Box {
  page(rows: readonly (readonly Lines[])[]): string;
  end(): string;
}

/**
 * Begins a box whose widths suit these rows.
 * @param complete No row but these will come, so nothing is kept for longer ones.
 */
export function openBox(
  Library: typeof CliTable,
  options: BoxOptions,
  rows: readonly (readonly Lines[])[],
  complete: boolean,
): Box {
  const { columns, header, paint } = options;
  const { widths, padding } = boxWidths(
    columns.map((column, i) => ({
      header: header ? textWidth(column.header) : 0,
      cells: rows.reduce((most, row) => Math.max(most, ...(row[i] ?? []).map(textWidth)), 0),
      reserve: complete ? 0 : (column.width ?? 0),
      long: column.long ?? false,
    })),
    options.room,
  );
  const quiet = (text: string) => paint?.quiet(text) ?? text;
  const heading = (text: string) => paint?.heading(text) ?? text;
  const upright = quiet('│');
  const sides = { left: upright, middle: upright, right: upright };
  const noTop = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '' };
  const noBottom = { bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' };
  const head = columns.map(({ header: text }, i) =>
    wrap(text, widths[i] as number)
      .map(heading)
      .join('\n'),
  );
  let begun = false;

  return {
    page(rowsOfPage) {
      const first = !begun;
      if (rowsOfPage.length === 0 && !(first && header)) return '';
      begun = true;
      const table = new Library({
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
      for (const row of rowsOfPage) table.push(rowTexts(row, columns, widths, paint));
      const text = table.toString();
      return `${first && paint ? text.replace(/^[┌├].*$/gm, quiet) : text}\n`;
    },
    end() {
      if (!begun) return '';
      return `${quiet(`└${widths.map((width) => '─'.repeat(width + 2 * padding)).join('┴')}┘`)}\n`;
    },
  };
}

/**
 * One row's cells: each line broken where it is too wide, each part coloured by itself. What stands
 * side by side stays so (a PID beside its program): the lists of a row break in step.
 */
function rowTexts(
  row: readonly Lines[],
  columns: readonly Column<Row>[],
  widths: readonly number[],
  paint: Paint | null,
): string[] {
  const parts = row.map((lines, i) => lines.map((line) => wrap(line, widths[i] as number)));
  const lists = parts.filter((lines) => lines.length > 1);
  return parts.map((lines, i) => {
    const painted = lines.flatMap((pieces, at) => {
      const height = lines.length > 1 ? Math.max(...lists.map((list) => list[at]?.length ?? 0)) : 0;
      const blank = new Array<string>(Math.max(0, height - pieces.length)).fill('');
      const whole = row[i]?.[at] as string;
      const paintPiece = (piece: string) =>
        paintCell(paint, columns[i] as Column<Row>, whole, piece);
      return [...pieces.map(paintPiece), ...blank];
    });
    return painted.join('\n');
  });
}
