import type { Screen } from '../host.ts';
import type { Frame, Widths } from '../views/live/frame.ts';
import { frameText } from '../views/live/frame-text.ts';
import type { Grid } from '../views/live/grid.ts';

/** Brings frames onto a terminal. */
export interface Painter {
  /** Shows what there is to show now; where the terminal still takes the last frame, once it has. */
  draw(): void;
  /** What the terminal shows is not known any more: the next frame is drawn as a whole. */
  forget(): void;
}

/**
 * A painter of what `frameNow` gives: it is told how wide columns were. `fail` is called where the terminal cannot be
 * written to.
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
