import { sanitize } from '../../../text/sanitize.ts';
import { wrap } from '../../../text/wrap.ts';
import type { Paint } from '../paint.ts';
import type { ViewContext } from '../text-view.ts';

/** The longest line: longer ones are hard to read, however wide the terminal is. */
const widest = 100;

/** The indentation of a finding's lines. */
export const indent = '  ';
/** The width of the label before each text. */
export const labelWidth = 8;

/** The width of the lines. */
export function roomOf({ width }: ViewContext): number {
  return Math.min(width ?? widest, widest);
}

/** A wrapped text after its label; none if the text is empty. */
export function labelled(label: string, text: string, paint: Paint | null, room: number): string[] {
  if (text === '') return [];
  const lines = wrap(sanitize(text), Math.max(room - indent.length - labelWidth, 20), 'blanks');
  const word = label.padEnd(labelWidth);
  return lines.map(
    (line, i) => indent + (i === 0 ? (paint?.quiet(word) ?? word) : ' '.repeat(labelWidth)) + line,
  );
}
