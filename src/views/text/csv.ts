import type { Attribute, Cell, CellContext } from '../../attributes/attribute.ts';
import { attributesOf, pickColumns } from '../../attributes/index.ts';
import type { Row } from '../../model/snapshot.ts';
import { sanitize } from '../../text/sanitize.ts';
import { cellContextOf } from './listed-rows.ts';
import { needsOfData } from './shown-needs.ts';
import { chunkText, slices } from './slices.ts';
import type { ReportStream, TextView, ViewContext } from './text-view.ts';

const lineEnd = '\r\n';

/**
 * CSV after RFC 4180: lines end in CR LF, a cell that holds a comma or a quote is quoted, one header
 * row (in `-c` once, not every round) of column keys. The columns are the same whatever else is
 * asked for; a cell is empty where there is nothing to tell or it was not asked for.
 *
 * Several owners, addresses or flags join in one cell with `;` between them; a `;` within one of
 * them shows as `\x3b`, so splitting is always right. Numbers only, never names. Control characters
 * show as escapes (see `sanitize`), so a row is always one line.
 *
 * A cell is never altered against spreadsheets that take a leading `=`, `+`, `-` or `@` for a
 * formula: abstract UNIX names all begin with `@`, and the data must read back as they are. In a
 * spreadsheet, import the columns as text.
 */
export async function* csv(report: ReportStream, context: ViewContext): AsyncGenerator<string> {
  const { columns: named, header } = context.view;
  const asked = needsOfData(context);
  const columns = named
    ? pickColumns(report.kind, named)
    : attributesOf(report.kind).filter(
        ({ derived, onRequest }) =>
          !derived && (onRequest ?? []).every((need) => asked[need] === true),
      );
  const cellContext = cellContextOf(report, context);
  if (header && context.previous === null) yield columns.map(({ key }) => key).join(',') + lineEnd;
  for await (const rows of slices<Row>(report.batches)) {
    let text = '';
    for (const row of rows) {
      text += lineOf(columns, row, cellContext) + lineEnd;
      if (text.length > chunkText) {
        yield text;
        text = '';
      }
    }
    if (text !== '') yield text;
  }
}

function lineOf(columns: readonly Attribute<Row>[], row: Row, cellContext: CellContext): string {
  let line = '';
  for (const [i, column] of columns.entries()) {
    const cell = quoted(joined(column.value(row, cellContext)));
    line += i === 0 ? cell : `,${cell}`;
  }
  return line;
}

/** Backslashes that would be read as the beginning of `\x3b`, or stand before a `;` that becomes one. */
const misleading = /(?<!\\)\\+(?=x3b|;)/gi;

function joined(cell: Cell): string {
  return typeof cell === 'string'
    ? sanitize(cell)
    : cell
        .map((text) => sanitize(text).replace(misleading, '$&$&').replaceAll(';', '\\x3b'))
        .join(';');
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
