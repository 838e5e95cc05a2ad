import { sanitize } from '../../../text/sanitize.ts';
import { wrap } from '../../../text/wrap.ts';
import type { Paint } from '../paint.ts';
import type { ViewContext } from '../text-view.ts';

/** Longer lines are hard to read, however wide the terminal is. */
const widest = 100;

/** Before what is told of a finding. */
export const indent = '  ';
/** What is told of a finding stands behind a word for it. */
export const labelWidth = 8;

/** How wide the lines are. */
export function roomOf({ width }: ViewContext): number {
  return Math.min(width ?? widest, widest);
}

/** A text behind a word for it, wrapped; an empty one is no line. */
export function labelled(label: string, text: string, paint: Paint | null, room: number): string[] {
  if (text === '') return [];
  const lines = wrap(sanitize(text), Math.max(room - indent.length - labelWidth, 20), 'blanks');
  const word = label.padEnd(labelWidth);
  return lines.map(
    (line, i) => indent + (i === 0 ? (paint?.quiet(word) ?? word) : ' '.repeat(labelWidth)) + line,
  );
}
