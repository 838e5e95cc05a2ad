import { countText } from '../../../text/counted.ts';
import { safeText } from '../../../text/safe-text.ts';
import { textWidth } from '../../../text/width.ts';
import { clipped, type Grid, put, restyle } from '../grid.ts';
import type { Layout } from '../layout.ts';
import { rateText } from '../numbers.ts';
import { type LiveState, within } from '../state.ts';
import { bold, dim, plain, reverse, type Style, underline } from '../style.ts';
import { drawNoRows, markWidth } from './no-rows.ts';

/** Draws groups of sockets. */
export function drawGroups(grid: Grid, layout: Layout, state: LiveState): void {
  const { groups: all, groupPlace, grouping } = state;
  const { at, top } = within(groupPlace, all.length, layout.height);
  const visible = all.slice(top, top + layout.height);
  const cells = visible.map(({ count, established, listening, received, sent, name }) => [
    ...[countText(count), countText(established), countText(listening)],
    ...[rateText(received), rateText(sent), name === null ? '-' : safeText(name)],
  ]);
  const titles = ['Sockets', 'Open', 'Servers', 'Recv', 'Sent', titleOf(grouping)];
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => textWidth(row[column] ?? ''))),
  );
  // The name and the count always fit; of the others the last ones are dropped first.
  const order = [0, 3, 4, 1, 2];
  const kept = new Set(order);
  const room = grid.columns - markWidth - 12;
  const used = () => [...kept].reduce((sum, column) => sum + (widths[column] ?? 0) + 2, 0);
  while (used() > room && kept.size > 1) kept.delete([...kept].at(-1) as number);

  const line = (row: number, texts: readonly string[], style: Style) => {
    let column = markWidth;
    for (const index of titles.keys()) {
      if (index !== 5 && !kept.has(index)) continue;
      const text = texts[index] ?? '';
      const width = widths[index] ?? 0;
      if (index === 5) put(grid, row, column, clipped(text, grid.columns - column), style);
      else put(grid, row, column + width - textWidth(text), text, text === '-' ? dim : style);
      column += width + 2;
    }
  };
  line(layout.titles, titles, bold);
  restyle(grid, layout.titles, underline);
  for (const [index, texts] of cells.entries()) {
    line(layout.body + index, texts, plain);
    if (top + index === at) restyle(grid, layout.body + index, reverse);
  }
  if (visible.length === 0) drawNoRows(grid, layout, state);
}

function titleOf(grouping: LiveState['grouping']): string {
  const titles = { program: 'Program', workload: 'Workload', host: 'Remote Host' } as const;
  if (grouping === 'port') return "Server's Port";
  return grouping === null || grouping === 'state' ? 'State' : titles[grouping];
}
