import type { Attribute, Cell, CellContext } from '../../attributes/attribute.ts';
import { attributesOf, pickColumns } from '../../attributes/index.ts';
import type { ReportKind, Row } from '../../model/report/snapshot.ts';
import type { Listing } from '../../model/request/listing.ts';
import { isForPrograms } from '../../model/request/view.ts';
import { sanitize } from '../../text/sanitize.ts';
import { boundedCommandLines } from './bounded-command-lines.ts';
import { chunks } from './chunks.ts';
import { cellContextOf } from './listed-rows.ts';
import { needsOfData } from './shown-needs.ts';
import { slices } from './slices.ts';
import type { ReportStream, TextView, ViewContext } from './text-view.ts';

/** RFC 4180. */
export const csvLineEnd = '\r\n';

/**
 * CSV according to RFC 4180: lines end in CR LF, a cell with a comma or a quote is quoted, one header row (with
 * `-c` once, not every round) of column keys. The columns are the same whatever else is asked for; a cell is empty
 * if it has no value or was not asked for.
 *
 * Several owners, addresses or flags in one cell are joined by `;`; a `;` within one of them is written `\x3b`, so
 * splitting is always right. Only numbers, never names. Control characters are escaped (see `sanitize`), so a row
 * is always one line. An empty cell that is alone in its row is `""`: readers skip empty lines.
 *
 * Cells are not changed to protect spreadsheets that treat a leading `=`, `+`, `-` or `@` as a formula: abstract
 * UNIX names all begin with `@`, and the data must read back unchanged. In a spreadsheet, import the columns as
 * text.
 */
export async function* csv(report: ReportStream, context: ViewContext): AsyncGenerator<string> {
  const { header } = context.view;
  const columns = csvColumns(report.kind, context);
  const cellContext = cellContextOf(report, context);
  if (header && context.previous === null)
    yield columns.map(({ key }) => key).join(',') + csvLineEnd;
  const bounded = boundedCommandLines();
  const lineText = (row: Row) => (lineOf(columns, bounded(row), cellContext) || '""') + csvLineEnd;
  for await (const rows of slices<Row>(report.batches)) yield* chunks(rows, lineText);
}

/** The columns that the user named; else the fixed ones and those that other options add. */
export function csvColumns(
  kind: ReportKind,
  listing: Omit<Listing, 'target'>,
): readonly Attribute<Row>[] {
  const { columns: named } = listing.view;
  const asked = needsOfData(listing);
  const columns = named
    ? pickColumns(kind, named)
    : attributesOf(kind).filter(
        ({ derived, onRequest }) =>
          !derived && (onRequest ?? []).every((need) => asked[need] === true),
      );
  return columns as readonly Attribute<Row>[];
}

/**
 * A row's cells, joined by commas, without line end. A flat string, not a rope: V8 would keep a chunk of ropes
 * longer.
 */
export function lineOf(
  columns: readonly Attribute<Row>[],
  row: Row,
  cellContext: CellContext,
): string {
  const cells: string[] = [];
  for (const column of columns) cells.push(csvCell(column.value(row, cellContext)));
  return cells.join(',');
}

/** Text that needs neither escapes nor quotes, alone or as one of several. */
const plain = /^[ !#-+\--:<-[\]-~]*$/;

/** A cell, escaped and quoted where necessary. */
export function csvCell(cell: Cell): string {
  if (typeof cell === 'string') {
    return cell === '' || plain.test(cell) ? cell : quoted(sanitize(cell));
  }
  if (cell.length === 1 && plain.test(cell[0] as string)) return cell[0] as string;
  return quoted(cell.map(itemText).join(';'));
}

/** Backslashes that would be read as the start of `\x3b`, or precede a `;` that becomes one. */
const misleading = /(?<!\\)\\+(?=x3b|;)/gi;

/** One of several items, with `;` escaped. */
function itemText(text: string): string {
  if (plain.test(text)) return text;
  return sanitize(text).replace(misleading, '$&$&').replaceAll(';', '\\x3b');
}

function quoted(cell: string): string {
  return /[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** `--format csv` */
export const csvView: TextView = {
  format: csv,
  forPrograms: isForPrograms('csv'),
  hasEnd: false,
  needs: needsOfData,
};
