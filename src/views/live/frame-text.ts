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
  let text = isNew ? '\x1b[0m\x1b[2J' : '';
  let style: Style | null = isNew ? plain : null;
  const { columns, rows } = now;

  const wear = (wanted: Style) => {
    if (wanted === style) return;
    text += sgr(wanted, colored);
    style = wanted;
  };

  for (let row = 0; row < rows; row++) {
    const base = row * columns;
    const isSame = (at: number) =>
      isNew
        ? now.texts[base + at] === ' ' && now.styles[base + at] === plain
        : now.texts[base + at] === before.texts[base + at] &&
          now.styles[base + at] === before.styles[base + at];
    let last = columns - 1;
    while (last >= 0 && isSame(last)) last--;
    if (last < 0) continue;
    // If the rest of the row is blank, one sequence erases it.
    let blankFrom = columns;
    while (
      blankFrom > 0 &&
      now.texts[base + blankFrom - 1] === ' ' &&
      now.styles[base + blankFrom - 1] === plain
    ) {
      blankFrom--;
    }
    // The cursor's column in this row; null: elsewhere or unknown.
    let cursor: number | null = null;
    for (let at = 0; at <= last; at++) {
      if (isSame(at)) continue;
      // The second half of a wide character is drawn with the first.
      if (at > 0 && now.texts[base + at] === '') at--;
      if (cursor !== null && at > cursor && at - cursor <= shortGap) at = cursor;
      const run = joinedRun(now, row, at);
      if (run !== null) {
        wear(now.styles[base + run.from] as Style);
        text += `${moveTo(row, run.from)}${' '.repeat(run.to - run.from)}`;
        for (let cell = run.from; cell < run.to; cell++) {
          if (now.texts[base + cell] === '') continue;
          wear(now.styles[base + cell] as Style);
          text += moveTo(row, cell) + now.texts[base + cell];
        }
        cursor = null;
        at = run.to - 1;
        continue;
      }
      if (cursor !== at) text += moveTo(row, at);
      if (at >= blankFrom) {
        wear(plain);
        text += '\x1b[K';
        break;
      }
      wear(now.styles[base + at] as Style);
      const cell = now.texts[base + at] as string;
      text += cell;
      const isWide = now.texts[base + at + 1] === '' && at + 1 < columns;
      // Terminals disagree on the width of characters beyond ASCII.
      cursor = ascii.test(cell) ? at + 1 : null;
      if (isWide) at++;
    }
  }
  return text === '' ? '' : `\x1b[?2026h${text}\x1b[0m\x1b[?2026l`;
}

/** The sequence that moves the cursor to a cell. */
function moveTo(row: number, column: number): string {
  return `\x1b[${row + 1};${column + 1}H`;
}

const joiner = '\u200d';
const modifier = /^\p{Emoji_Modifier}/u;

/**
 * The cells around one that a terminal may draw as a single character, in fewer cells: emoji joined by U+200D, or with a
 * tone of skin. All of them are blanked first, or what the terminal does not draw keeps its old content. null: none.
 */
function joinedRun(
  { texts, columns }: Grid,
  row: number,
  at: number,
): { readonly from: number; readonly to: number } | null {
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
