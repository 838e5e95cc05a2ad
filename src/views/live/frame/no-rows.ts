import { hasFilters, type Query } from '../../../model/request/query.ts';
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
  const text = failure ?? (round === null ? 'reading …' : noneText(asked.query));
  for (const [at, line] of wrap(
    sanitize(text),
    Math.max(10, grid.columns - 4),
    'blanks',
  ).entries()) {
    if (at < layout.height)
      put(grid, layout.body + at, 2, line, failure === null ? dim : color.red);
  }
}

/** What a key would show besides; with -a there is nothing else. */
const others: Readonly<Record<Query['which'], string | null>> = {
  connected: 'a shows servers too',
  listening: 'a shows connections too',
  all: null,
};

/** Why a round has no rows, and which keys may lead to some. */
function noneText({ filters, which }: Query): string {
  const keys = [
    filters.expression.length > 0 ? '/ changes the filter, Del removes it' : null,
    others[which],
  ].filter((one) => one !== null);
  const none = hasFilters(filters) ? 'no socket matches' : 'no socket';
  return keys.length === 0 ? none : `${none}: ${keys.join(', ')}`;
}
