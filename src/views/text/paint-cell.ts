import type { Attribute } from '../../attributes/attribute.ts';
import type { Paint } from './paint.ts';

/** Colours a cell, or one (padded) line of it, by what it is; `whole` is the cell's full text. */
export function paintCell<R>(
  paint: Paint | null,
  column: Attribute<R>,
  whole: string,
  text: string,
): string {
  if (paint === null) return text;
  if (whole === '-' || whole === '0') return paint.quiet(text);
  switch (column.tone) {
    case 'state':
      return paint.state(whole, text);
    case 'strong':
      return paint.strong(text);
    case 'quiet':
      return paint.quiet(text);
    default:
      return text;
  }
}
