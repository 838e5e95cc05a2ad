import type { Grid } from './grid.ts';
import { plain, type Style, sgr } from './style.ts';

/** So many unchanged cells are written again rather than leapt over: a leap takes as many bytes. */
const shortGap = 5;

const ascii = /^[ -~]$/;

/**
 * What has to be sent to a terminal that shows `before` (null: nobody knows what) so that it shows `now`:
 * nothing but the cells that changed, in one update that terminals which can draw at once. `''`: nothing
 * changed.
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
    // Where the row's rest is blank one sequence erases it.
    let blankFrom = columns;
    while (
      blankFrom > 0 &&
      now.texts[base + blankFrom - 1] === ' ' &&
      now.styles[base + blankFrom - 1] === plain
    ) {
      blankFrom--;
    }
    // Where the cursor is in this row; null: elsewhere, or nobody knows.
    let cursor: number | null = null;
    for (let at = 0; at <= last; at++) {
      if (isSame(at)) continue;
      // The second half of a wide character is drawn with its first.
      if (at > 0 && now.texts[base + at] === '') at--;
      if (cursor !== null && at > cursor && at - cursor <= shortGap) at = cursor;
      if (cursor !== at) text += `\x1b[${row + 1};${at + 1}H`;
      if (at >= blankFrom) {
        wear(plain);
        text += '\x1b[K';
        break;
      }
      wear(now.styles[base + at] as Style);
      const cell = now.texts[base + at] as string;
      text += cell;
      const isWide = now.texts[base + at + 1] === '' && at + 1 < columns;
      // Terminals differ on how wide what is not ASCII is.
      cursor = ascii.test(cell) ? at + 1 : null;
      if (isWide) at++;
    }
  }
  return text === '' ? '' : `\x1b[?2026h${text}\x1b[0m\x1b[?2026l`;
}
