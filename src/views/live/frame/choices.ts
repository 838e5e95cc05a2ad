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
  const keyWidth = Math.max(...all.map(({ key }) => key.length));
  for (const [index, { key, label, meaning, isOn }] of all
    .slice(top, top + layout.height)
    .entries()) {
    const row = layout.body + index;
    const sign = what === 'columns' ? (isOn ? '[x]' : '[ ]') : isOn ? ' * ' : '   ';
    let column = put(grid, row, 0, sign, isOn ? bold : plain) + 1;
    put(grid, row, column, key || label, bold);
    column += Math.max(keyWidth, key === '' ? label.length : 0) + 2;
    put(grid, row, column, clipped(meaning, grid.columns - column), plain);
    if (top + index === at) restyle(grid, row, reverse);
  }
}
