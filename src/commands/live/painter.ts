import type { Screen } from '../../host.ts';
import type { Widths } from '../../views/live/frame/table.ts';
import type { Frame } from '../../views/live/frame.ts';
import { frameText } from '../../views/live/frame-text.ts';
import type { Grid } from '../../views/live/grid.ts';

/** Draws frames on a terminal. */
export interface Painter {
  /** Draws the current frame; if the terminal is still receiving the last one, afterwards. */
  draw(): void;
  /** Redraws the next frame completely, since the terminal's content is unknown. */
  forget(): void;
}

/**
 * A painter of the frames that `frameNow` returns, which gets the previous column widths. `fail` is called if writing
 * to the terminal fails.
 */
export function livePainter(
  screen: Screen,
  frameNow: (before: Widths | null) => Frame,
  isColored: boolean,
  fail: (error: unknown) => void,
): Painter {
  let drawn: Grid | null = null;
  let widths: Widths | null = null;
  let isSending = false;
  let isDirty = false;

  function draw(): void {
    if (isSending) {
      isDirty = true;
      return;
    }
    const frame = frameNow(widths);
    widths = frame.widths;
    const text = frameText(drawn, frame.grid, isColored);
    drawn = frame.grid;
    if (text === '') return;
    isSending = true;
    screen.write(text);
    screen.drained().then(() => {
      isSending = false;
      if (!isDirty) return;
      isDirty = false;
      draw();
    }, fail);
  }

  return {
    draw,
    forget() {
      drawn = null;
    },
  };
}
