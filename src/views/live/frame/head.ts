import { counted, countText } from '../../../text/counted.ts';
import { safeText } from '../../../text/safe-text.ts';
import { timeOfDay } from '../../../text/time-of-day.ts';
import { textWidth } from '../../../text/width.ts';
import { headText } from '../asked-text.ts';
import { clipped, type Grid, put } from '../grid.ts';
import type { Layout } from '../layout.ts';
import { rateText } from '../numbers.ts';
import type { LiveState } from '../state.ts';
import { bold, dim, plain, reverse, type Style, stateStyle } from '../style.ts';

/** Draws the lines above the table: the time, the traffic, the totals, and what is asked. */
export function drawHead(grid: Grid, layout: Layout, state: LiveState): void {
  const { round, head, interval, isPaused, size } = state;
  const seconds = `${interval / 1000} s`;
  const time = [head === null ? '--:--:--' : timeOfDay(head.takenAt), plain] as const;
  const parts: (readonly [string, Style])[] = [
    ['tsnetstat', bold],
    // In a narrow terminal a pause is said rather than the time.
    ...(isPaused
      ? ([['paused', bold | reverse], time] as const)
      : ([time, [`every ${seconds}`, plain]] as const)),
  ];
  const traffic = head?.traffic;
  if (traffic) {
    parts.push(
      [`in ${rateText(traffic.received)}`, plain],
      [`out ${rateText(traffic.sent)}`, plain],
    );
    if (size.columns >= 70) parts.push([`(${traffic.of})`, dim]);
  }
  drawInARow(grid, layout.head, parts);
  if (layout.totals >= 0 && round !== null) {
    const { count, totals } = round;
    drawInARow(grid, layout.totals, [
      [counted(count, 'socket'), bold],
      ...totals.map(
        ([state, number]) =>
          [`${safeText(state)} ${countText(number)}`, stateStyle(state)] as const,
      ),
    ]);
  }
  if (layout.asked >= 0) {
    put(grid, layout.asked, 0, clipped(askedText(state), grid.columns), dim);
  }
}

/** What is asked; groups are in an order of their own. */
function askedText({ asked, grouping }: LiveState): string {
  if (grouping === null) return headText(asked);
  return `${headText({ ...asked, query: { ...asked.query, sort: [] } })}  by ${grouping}`;
}

/** Writes texts beside each other, as many as fit completely. */
function drawInARow(grid: Grid, row: number, parts: readonly (readonly [string, Style])[]): void {
  let at = 0;
  for (const [text, style] of parts) {
    if (at + textWidth(text) > grid.columns) break;
    at = put(grid, row, at, text, style) + 2;
  }
}
