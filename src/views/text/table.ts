import { type Column, type Scene, shown } from '../../attributes/attribute.ts';
import { pickColumns, tableKeys } from '../../attributes/index.ts';
import type { Row } from '../../model/snapshot.ts';
import { sanitize } from '../../text/sanitize.ts';
import { type Box, type Lines, openBox } from './box.ts';
import { rowsForEyes, sceneOf } from './for-eyes.ts';
import type { FormatContext, ReportStream } from './formatter.ts';
import { slices } from './slices.ts';

/** Rows to a page; the first page decides the widths. */
export const pageRows = 64;
/**
 * Characters of one text that a cell shows, as many as netstat reads of a command line. A process
 * can make its text any length; what is longer ends in an ellipsis, the other formats have it whole.
 */
export const longestText = 512;
/** How wide a box may be where there is no terminal to say so. */
const widthElsewhere = 120;

/**
 * Boxes for people to read, as wide as the terminal allows, a page at a time. The first page (or the end)
 * decides the widths; what is longer later goes on in the cell's next line, and only a text of more
 * than `longestText` characters is cut. Several owners stand one below the other.
 */
export async function* table(report: ReportStream, context: FormatContext): AsyncGenerator<string> {
  const { default: Library } = await import('cli-table3');
  const { request, paint, width } = context;
  const { header, columns: named } = request;
  const scene = sceneOf(report, context);
  const keysOf = named ? () => named : tableKeys(report.kind, request);

  let keys: readonly string[] | null = null;
  let columns: readonly Column<Row>[] = [];
  let box: Box | null = null;
  let page: (readonly Lines[])[] = [];

  function begin(wanted: readonly string[]): void {
    keys = wanted;
    columns = pickColumns(report.kind, wanted);
    box = null;
  }

  /** Text of the rows that wait, and of the box's end if this is it. */
  function draw(last: boolean): string {
    const options = { columns, header, paint, room: width ?? widthElsewhere };
    box ??= openBox(Library, options, page, last);
    const text = box.page(page);
    page = [];
    return last ? text + box.end() : text;
  }

  for await (const rows of slices(rowsForEyes(report, request), pageRows)) {
    for (const row of rows) {
      const wanted = keysOf(row);
      if (wanted !== keys) {
        if (keys !== null) yield draw(true);
        begin(wanted);
      }
      page.push(columns.map((column) => linesOf(column, row, scene)));
      if (page.length === pageRows) yield draw(false);
    }
    // Only a box's first page waits until it is full: it decides the widths.
    if (box !== null && page.length > 0) yield draw(false);
  }
  if (keys === null) begin(keysOf(null));
  yield draw(true);
}

function linesOf(column: Column<Row>, row: Row, scene: Scene): Lines {
  const cell = shown(column, row, scene);
  return typeof cell === 'string' ? [safeText(cell)] : cell.map(safeText);
}

/** Cut before it is made safe: an escape stands for one character and is never cut in two. */
function safeText(text: string): string {
  if (text.length <= longestText) return sanitize(text);
  const last = text.codePointAt(longestText - 2) ?? 0;
  return `${sanitize(text.slice(0, last > 0xffff ? longestText - 2 : longestText - 1))}…`;
}
