import type { Attribute, Cell, CellContext } from '../../attributes/attribute.ts';
import { attributesOf, pickColumns } from '../../attributes/index.ts';
import type { Listing } from '../../model/listing.ts';
import type { ReportKind, Row } from '../../model/snapshot.ts';
import { sanitize } from '../../text/sanitize.ts';
import { cellContextOf } from './listed-rows.ts';
import { needsOfData } from './shown-needs.ts';
import { chunkText, slices } from './slices.ts';
import type { ReportStream, TextView, ViewContext } from './text-view.ts';

/** RFC 4180. */
export const csvLineEnd = '\r\n';

/**
 * CSV after RFC 4180: lines end in CR LF, a cell that holds a comma or a quote is quoted, one header
 * row (in `-c` once, not every round) of column keys. The columns are the same whatever else is
 * asked for; a cell is empty where there is nothing to tell or it was not asked for.
 *
 * Several owners, addresses or flags join in one cell with `;` between them; a `;` within one of
 * them shows as `\x3b`, so splitting is always right. Numbers only, never names. Control characters
 * show as escapes (see `sanitize`), so a row is always one line. An empty cell that is alone in its row is
 * `""`: readers pass over empty lines.
 *
 * A cell is never altered against spreadsheets that take a leading `=`, `+`, `-` or `@` for a
 * formula: abstract UNIX names all begin with `@`, and the data must read back as they are. In a
 * spreadsheet, import the columns as text.
 */
export async function* csv(report: ReportStream, context: ViewContext): AsyncGenerator<string> {
  const { header } = context.view;
  const columns = csvColumns(report.kind, context);
  const cellContext = cellContextOf(report, context);
  if (header && context.previous === null)
    yield columns.map(({ key }) => key).join(',') + csvLineEnd;
  for await (const rows of slices<Row>(report.batches)) {
    let text = '';
    for (const row of rows) {
      text += (lineOf(columns, row, cellContext) || '""') + csvLineEnd;
      if (text.length > chunkText) {
        yield text;
        text = '';
      }
    }
    if (text !== '') yield text;
  }
}

/** The columns that were named; else those that are the same whatever is asked for, and what was asked for. */
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

/** A row's cells, commas between them; no line end. One text, not a rope: a chunk of ropes is seen as lasting. */
export function lineOf(
  columns: readonly Attribute<Row>[],
  row: Row,
  cellContext: CellContext,
): string {
  const cells: string[] = [];
  for (const column of columns) cells.push(csvCell(column.value(row, cellContext)));
  return cells.join(',');
}

/** What needs neither escapes nor quotes, alone or as one of several. */
const plain = /^[ !#-+\--:<-[\]-~]*$/;

/** A cell, safe to print and quoted where it has to be. */
export function csvCell(cell: Cell): string {
  if (typeof cell === 'string') return plain.test(cell) ? cell : quoted(sanitize(cell));
  if (cell.length === 1 && plain.test(cell[0] as string)) return cell[0] as string;
  return quoted(cell.map(itemText).join(';'));
}

/** Backslashes that would be read as the beginning of `\x3b`, or stand before a `;` that becomes one. */
const misleading = /(?<!\\)\\+(?=x3b|;)/gi;

/** One of several, in which a `;` is no end. */
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
  forPrograms: true,
  hasEnd: false,
  needs: needsOfData,
};
