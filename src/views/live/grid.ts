import { characterWidth, textWidth } from '../../text/width.ts';
import { plain, type Style } from './style.ts';

/** The size of a terminal, in cells. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/**
 * The content of a screen: one text and one style for each cell, row by row. A wide character is in its first cell
 * and the second is empty; combining marks are with their character.
 */
export interface Grid extends Size {
  readonly texts: string[];
  readonly styles: Uint16Array;
}

/** An empty screen. */
export function emptyGrid({ columns, rows }: Size): Grid {
  return {
    columns,
    rows,
    texts: new Array<string>(columns * rows).fill(' '),
    styles: new Uint16Array(columns * rows),
  };
}

const simple = /^[ -~]*$/;
/** Characters that must never reach a terminal, even if a text was not sanitized. */
const control = /[\0-\x1f\x7f-\x9f]/g;

/**
 * Writes a safe text into a row from `column` up to `until` or the row's end; the rest is left out. Parameters, not
 * an object: it runs for every cell of a table in every frame.
 * @returns the column after it
 */
export function put(
  grid: Grid,
  row: number,
  column: number,
  text: string,
  style: Style = plain,
  until = grid.columns,
): number {
  if (row < 0 || row >= grid.rows || column >= grid.columns) return column;
  const end = Math.min(until, grid.columns);
  const base = row * grid.columns;
  let at = column;
  // No half of an overwritten wide character may remain.
  if (grid.texts[base + at] === '' && at > 0) grid.texts[base + at - 1] = ' ';
  const done = () => {
    if (at < grid.columns && grid.texts[base + at] === '') grid.texts[base + at] = ' ';
    return at;
  };
  if (simple.test(text)) {
    const last = Math.min(end, column + text.length);
    for (; at < last; at++) {
      grid.texts[base + at] = text[at - column] as string;
      grid.styles[base + at] = style;
    }
    return done();
  }
  for (const character of text.replace(control, '\ufffd')) {
    const width = characterWidth(character);
    if (width === 0) {
      if (at > column) {
        const before = grid.texts[base + at - 1] === '' ? at - 2 : at - 1;
        grid.texts[base + before] += character;
      }
      continue;
    }
    if (at + width > end) break;
    grid.texts[base + at] = character;
    grid.styles[base + at] = style;
    if (width === 2) {
      grid.texts[base + at + 1] = '';
      grid.styles[base + at + 1] = style;
    }
    at += width;
  }
  return done();
}

/** Adds an attribute to the cells `from` to `to` of a row: selected, or struck out. */
export function restyle(
  grid: Grid,
  row: number,
  style: Style,
  from = 0,
  to: number = grid.columns,
): void {
  if (row < 0 || row >= grid.rows) return;
  const base = row * grid.columns;
  for (let at = from; at < to; at++) grid.styles[base + at] = (grid.styles[base + at] ?? 0) | style;
}

/** A safe text in at most `width` columns; an ellipsis replaces what is cut. */
export function clipped(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  if (width <= 0) return '';
  let kept = '';
  let used = 1;
  for (const character of text) {
    used += characterWidth(character);
    if (used > width) break;
    kept += character;
  }
  return `${kept}…`;
}
