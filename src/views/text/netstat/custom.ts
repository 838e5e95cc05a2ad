import { type Attribute, type CellContext, shown } from '../../../attributes/attribute.ts';
import { pickColumns } from '../../../attributes/index.ts';
import type { Row } from '../../../model/report/snapshot.ts';
import { sanitize } from '../../../text/sanitize.ts';
import { fill } from '../../../text/width.ts';
import { chunks } from '../chunks.ts';
import { cellContextOf, listedRows } from '../listed-rows.ts';
import { paintCell } from '../paint-cell.ts';
import { slices } from '../slices.ts';
import type { ReportStream, ViewContext } from '../text-view.ts';

/**
 * The columns of `--columns` in netstat's style: plain, aligned, a blank between them, `-` for nothing, several
 * owners joined by commas. Every column has a minimum width; a longer cell shifts the rest of its row, as with
 * `-W`, and nothing is cut.
 * @throws NetstatError `usage` for an unknown column.
 */
export async function* columnsTable(
  report: ReportStream,
  context: ViewContext,
): AsyncGenerator<string> {
  const { query, view, paint } = context;
  const columns = pickColumns(report.kind, view.columns ?? []);
  const cellContext = cellContextOf(report, context);
  if (view.header) {
    const line = customHeader(columns);
    yield `${paint?.heading(line) ?? line}\n`;
  }
  const lineText = (row: Row) => `${customLine(columns, row, cellContext, context)}\n`;
  for await (const rows of slices(listedRows(report, query))) yield* chunks(rows, lineText);
}

/** The columns' names, without a line break. */
export function customHeader(columns: readonly Attribute<Row>[]): string {
  return columns.map((column, i) => pad(columns, i, column.header)).join(' ');
}

/** A row's cells, without a line break. */
export function customLine(
  columns: readonly Attribute<Row>[],
  row: Row,
  cellContext: CellContext,
  { paint }: Pick<ViewContext, 'paint'>,
): string {
  const cells = columns.map((column, i) => {
    const cell = shown(column, row, cellContext);
    const text = sanitize(typeof cell === 'string' ? cell : cell.join(','));
    return paintCell(paint, column, text, pad(columns, i, text));
  });
  return cells.join(' ');
}

/** Pads to the column's minimum width; the last one of a line is not padded. */
function pad(columns: readonly Attribute<Row>[], i: number, text: string): string {
  const { align, width, header } = columns[i] as Attribute<Row>;
  if (align === 'left' && i === columns.length - 1) return text;
  const blanks = fill(text, Math.max(width ?? 0, header.length));
  return align === 'right' ? blanks + text : text + blanks;
}
