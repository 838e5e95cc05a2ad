import type { Grid } from './grid.ts';
import { plain, type Style, sgr } from './style.ts';

/** So many unchanged cells are rewritten rather than skipped: moving the cursor takes as many bytes. */
const shortGap = 5;

const ascii = /^[ -~]$/;

/**
 * The text that makes a terminal that shows `before` (null: unknown) show `now`: only the changed cells, as one
 * synchronized update where the terminal supports it. `''`: nothing changed.
 */
export function frameText(before: Grid | null, now: Grid, colored: boolean): string {
  const isNew = before === null || before.columns !== now.columns || before.rows !== now.rows;
  const isSame = isNew
    ? (cell: number) => isBlank(now, cell)
    : (cell: number) =>
        now.texts[cell] === before.texts[cell] && now.styles[cell] === before.styles[cell];
  const pen: Pen = {
    text: isNew ? '\x1b[0m\x1b[2J' : '',
    style: isNew ? plain : null,
    colored,
  };
  for (let row = 0; row < now.rows; row++) drawRow(pen, now, row, isSame);
  return pen.text === '' ? '' : `\x1b[?2026h${pen.text}\x1b[0m\x1b[?2026l`;
}

/** What is sent to the terminal, and the style that it is in then; null: unknown. */
interface Pen {
  text: string;
  style: Style | null;
  readonly colored: boolean;
}

function wear(pen: Pen, style: Style): void {
  if (style === pen.style) return;
  pen.text += sgr(style, pen.colored);
  pen.style = style;
}

/** Draws the cells of a row that are not the same as what the terminal shows. */
function drawRow(pen: Pen, now: Grid, row: number, isSame: (cell: number) => boolean): void {
  const { texts, styles, columns } = now;
  const base = row * columns;
  const last = lastColumn(columns, (at) => !isSame(base + at));
  // If the rest of the row is blank, one sequence erases it.
  const blankFrom = lastColumn(columns, (at) => !isBlank(now, base + at)) + 1;
  // The cursor's column in this row; null: elsewhere or unknown.
  let cursor: number | null = null;
  for (let at = 0; at <= last; at++) {
    if (isSame(base + at)) continue;
    // The second half of a wide character is drawn with the first.
    if (at > 0 && texts[base + at] === '') at--;
    if (cursor !== null && at > cursor && at - cursor <= shortGap) at = cursor;
    const run = joinedRun(now, row, at);
    if (run !== null) {
      drawRun(pen, now, row, run);
      cursor = null;
      at = run.to - 1;
      continue;
    }
    if (cursor !== at) pen.text += moveTo(row, at);
    if (at >= blankFrom) {
      wear(pen, plain);
      pen.text += '\x1b[K';
      return;
    }
    wear(pen, styles[base + at] as Style);
    const cell = texts[base + at] as string;
    pen.text += cell;
    const isWide = texts[base + at + 1] === '' && at + 1 < columns;
    // Terminals disagree on the width of characters beyond ASCII.
    cursor = ascii.test(cell) ? at + 1 : null;
    if (isWide) at++;
  }
}

/** Draws joined cells: all are blanked first, or what the terminal does not draw keeps its old content. */
function drawRun(pen: Pen, { texts, styles, columns }: Grid, row: number, { from, to }: Run): void {
  const base = row * columns;
  wear(pen, styles[base + from] as Style);
  pen.text += `${moveTo(row, from)}${' '.repeat(to - from)}`;
  for (let at = from; at < to; at++) {
    if (texts[base + at] === '') continue;
    wear(pen, styles[base + at] as Style);
    pen.text += moveTo(row, at) + texts[base + at];
  }
}

function isBlank({ texts, styles }: Grid, cell: number): boolean {
  return texts[cell] === ' ' && styles[cell] === plain;
}

/** The last column for which it is true; -1: none. */
function lastColumn(columns: number, isTrue: (at: number) => boolean): number {
  let last = columns - 1;
  while (last >= 0 && !isTrue(last)) last--;
  return last;
}

/** The sequence that moves the cursor to a cell. */
function moveTo(row: number, column: number): string {
  return `\x1b[${row + 1};${column + 1}H`;
}

const joiner = '\u200d';
const modifier = /^\p{Emoji_Modifier}/u;

/** Columns of a row: from one to before another. */
interface Run {
  readonly from: number;
  readonly to: number;
}

/**
 * The cells around one that a terminal may draw as a single character, in fewer cells: emoji joined by U+200D, or with a
 * tone of skin. null: none.
 */
function joinedRun({ texts, columns }: Grid, row: number, at: number): Run | null {
  const base = row * columns;
  const textAt = (cell: number) => texts[base + cell] as string;
  if (ascii.test(textAt(at))) return null;
  const widthAt = (cell: number) => (cell + 1 < columns && textAt(cell + 1) === '' ? 2 : 1);
  const isJoined = (before: number, after: number) =>
    textAt(before).endsWith(joiner) || modifier.test(textAt(after));
  let from = at;
  for (;;) {
    const before = from > 1 && textAt(from - 1) === '' ? from - 2 : from - 1;
    if (before < 0 || !isJoined(before, from)) break;
    from = before;
  }
  let last = from;
  let to = from + widthAt(from);
  while (to < columns && isJoined(last, to)) {
    last = to;
    to += widthAt(to);
  }
  return last === from ? null : { from, to };
}
