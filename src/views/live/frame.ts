import type { Names } from '../../model/report/names.ts';
import type { Socket } from '../../model/socket/socket.ts';
import { detailLines, type Explained } from './details.ts';
import { drawChoices } from './frame/choices.ts';
import { drawFoot } from './frame/foot.ts';
import { drawGroups } from './frame/groups.ts';
import { drawHead } from './frame/head.ts';
import { drawLines } from './frame/lines.ts';
import { drawTable, type Widths } from './frame/table.ts';
import { emptyGrid, type Grid } from './grid.ts';
import { helpLines } from './help.ts';
import { layoutOf, type ShownTitle } from './layout.ts';
import type { LiveState } from './state.ts';
import { dim } from './style.ts';

/** What a frame depends on besides the state. */
export interface FrameContext {
  readonly names: Names;
  /** The explanation of a socket's state, as `--explain` gives it. */
  explain(socket: Socket): readonly Explained[];
}

/** A screen, and what the next frame needs to know. */
export interface Frame {
  readonly grid: Grid;
  readonly widths: Widths | null;
  /** For static text: the line that is actually at the top. */
  readonly top: number | null;
  /** Of a table, where its titles are. */
  readonly titles: readonly ShownTitle[];
}

/** Draws a state. */
export function frameOf(state: LiveState, context: FrameContext, before: Widths | null): Frame {
  const grid = emptyGrid(state.size);
  const layout = layoutOf(state.size);
  drawHead(grid, layout, state);
  let widths = before;
  let top: number | null = null;
  let titles: readonly ShownTitle[] = [];
  const { mode } = state;
  if (mode.kind === 'help') {
    top = drawLines(grid, layout, helpLines(state.size.columns), mode.top, 'Keys');
  } else if (mode.kind === 'details') {
    const { detail } = state;
    const shown =
      detail === null
        ? [{ text: 'reading …', style: dim }]
        : detailLines(
            detail,
            { takenAt: detail.takenAt, names: context.names, previous: null },
            context.explain(detail.socket),
            state.size.columns,
          );
    top = drawLines(grid, layout, shown, mode.top, 'All details of the socket');
  } else if (mode.kind === 'choose') {
    drawChoices(grid, layout, mode);
  } else if (state.grouping !== null) {
    titles = drawGroups(grid, layout, state, state.grouping);
  } else {
    ({ widths, titles } = drawTable(grid, layout, state, context.names, before));
  }
  drawFoot(grid, layout, state);
  return { grid, widths, top, titles };
}
