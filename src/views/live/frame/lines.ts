import type { TextLine } from '../details.ts';
import { clipped, type Grid, put, restyle } from '../grid.ts';
import type { Layout } from '../layout.ts';
import { bold, underline } from '../style.ts';

/** Draws static text; returns which line is at the top. */
export function drawLines(
  grid: Grid,
  layout: Layout,
  all: readonly TextLine[],
  wanted: number,
  title: string,
): number {
  put(grid, layout.titles, 0, clipped(title, grid.columns), bold);
  restyle(grid, layout.titles, underline);
  const top = Math.max(0, Math.min(wanted, all.length - layout.height));
  for (const [index, { text, style }] of all.slice(top, top + layout.height).entries()) {
    put(grid, layout.body + index, 0, text, style);
  }
  if (all.length > layout.height) {
    const last = Math.min(all.length, top + layout.height);
    const where = ` ${top + 1}-${last} of ${all.length}`;
    const column = grid.columns - where.length;
    if (column > title.length) put(grid, layout.titles, column, where, underline);
  }
  return top;
}
