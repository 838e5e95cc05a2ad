import { clipped, type Grid, put, restyle } from '../grid.ts';
import type { Layout } from '../layout.ts';
import { type Mode, within } from '../state.ts';
import { bold, plain, reverse, underline } from '../style.ts';

/** Draws what can be chosen, a line each. */
export function drawChoices(
  grid: Grid,
  layout: Layout,
  { what, choices: all, place }: Extract<Mode, { kind: 'choose' }>,
): void {
  const title = what === 'columns' ? 'Columns' : 'Sort by';
  put(grid, layout.titles, 0, title, bold);
  restyle(grid, layout.titles, underline);
  const { at, top } = within(place, all.length, layout.height);
  const labelWidth = Math.max(...all.map(({ label }) => label.length));
  for (const [index, { label, meaning, isOn }] of all.slice(top, top + layout.height).entries()) {
    const row = layout.body + index;
    const sign = what === 'columns' ? (isOn ? '[x]' : '[ ]') : isOn ? ' * ' : '   ';
    let column = put(grid, row, 0, sign, isOn ? bold : plain) + 1;
    put(grid, row, column, label, bold);
    column += labelWidth + 2;
    put(grid, row, column, clipped(meaning, grid.columns - column), plain);
    if (top + index === at) restyle(grid, row, reverse);
  }
}
