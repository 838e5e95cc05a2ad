import { sanitize } from '../../../text/sanitize.ts';
import { wrap } from '../../../text/wrap.ts';
import { type Grid, put } from '../grid.ts';
import type { Layout } from '../layout.ts';
import type { LiveState } from '../state.ts';
import { color, dim } from '../style.ts';

/** The width of the marks' column and the blank after it. */
export const markWidth = 2;

/** Draws, in place of rows, why there are none. */
export function drawNoRows(grid: Grid, layout: Layout, { round, failure, asked }: LiveState): void {
  const hasFilter = asked.query.filters.expression.length > 0;
  const text =
    failure !== null
      ? failure
      : round === null
        ? 'reading …'
        : hasFilter
          ? 'no socket matches: / changes the filter, a shows servers too'
          : 'no socket: a shows servers too';
  for (const [at, line] of wrap(
    sanitize(text),
    Math.max(10, grid.columns - 4),
    'blanks',
  ).entries()) {
    if (at < layout.height)
      put(grid, layout.body + at, 2, line, failure === null ? dim : color.red);
  }
}
