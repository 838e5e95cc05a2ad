import type { Grid } from '../../../src/views/live/grid.ts';

/** What a grid shows as text, a line a row, without the blanks at the lines' ends. */
export function gridText({ columns, rows, texts }: Grid): string {
  return Array.from({ length: rows }, (_, row) =>
    texts
      .slice(row * columns, (row + 1) * columns)
      .join('')
      .trimEnd(),
  ).join('\n');
}
