import { type Attribute, type CellContext, shown } from '../../attributes/attribute.ts';
import { firstToGo, pickColumns, tableKeys } from '../../attributes/index.ts';
import type { Row } from '../../model/report/snapshot.ts';
import { isForPrograms } from '../../model/request/view.ts';
import { safeText } from '../../text/safe-text.ts';
import { type Box, type Lines, openBox, widthElsewhere } from './box.ts';
import { cellContextOf, listedRows } from './listed-rows.ts';
import { needsOfTables } from './shown-needs.ts';
import { slices } from './slices.ts';
import type { ReportStream, TextView, ViewContext } from './text-view.ts';

/** Rows to a page; the first page decides the widths. */
export const pageRows = 64;
/**
 * Boxes for people to read, as wide as the terminal allows, a page at a time. The first page (or the end) decides
 * the widths; longer cells later continue on the next line, and only a text of more than `longestText` characters
 * is cut. Several owners are listed below each other.
 */
export async function* table(report: ReportStream, context: ViewContext): AsyncGenerator<string> {
  const { default: Library } = await import('cli-table3');
  const { query, view, paint, width } = context;
  const { header, columns: named } = view;
  const cellContext = cellContextOf(report, context);
  const keysOf = named ? () => named : tableKeys(report.kind, context);

  // Columns that the user named are all shown.
  const mayGo = named ? [] : firstToGo(report.kind);
  let keys: readonly string[] | null = null;
  let columns: readonly Attribute<Row>[] = [];
  let box: Box | null = null;
  let page: (readonly Lines[])[] = [];

  function begin(wanted: readonly string[]): void {
    keys = wanted;
    columns = pickColumns(report.kind, wanted);
    box = null;
  }

  /** Text of the pending rows, and of the box's end if `last`. */
  function draw(last: boolean): string {
    const room = width ?? widthElsewhere;
    const options = { columns, firstToGo: mayGo, header, paint, room };
    box ??= openBox(Library, options, page, last);
    const text = box.page(page);
    page = [];
    return last ? text + box.end() : text;
  }

  for await (const rows of slices(listedRows(report, query), pageRows)) {
    for (const row of rows) {
      const wanted = keysOf(row);
      if (wanted !== keys) {
        if (keys !== null) yield draw(true);
        begin(wanted);
      }
      page.push(columns.map((column) => linesOf(column, row, cellContext)));
      if (page.length === pageRows) yield draw(false);
    }
    // Only the first page waits until it is full: it decides the widths.
    if (box !== null && page.length > 0) yield draw(false);
  }
  if (keys === null) begin(keysOf(null));
  yield draw(true);
}

function linesOf(column: Attribute<Row>, row: Row, cellContext: CellContext): Lines {
  const cell = shown(column, row, cellContext);
  return typeof cell === 'string' ? [safeText(cell)] : cell.map(safeText);
}

/** `--format table` */
export const tableView: TextView = {
  format: table,
  forPrograms: isForPrograms('table'),
  hasEnd: true,
  needs: (listing) => needsOfTables(listing, 'all'),
};
