import { plainCode } from './plain-code.ts';
import { textWidth } from './width.ts';

/** A word of prose, or code with what adjoins it: "(`ls -l`)." is one. */
const piece = /(?:`[^`]*`|[^\s`]|`)+/g;

/**
 * A text in whose prose what to type is in backticks, as for a terminal (`plainCode`), in lines of at most `width`
 * columns. Code is not broken, unless it is longer than a line.
 */
export function proseLines(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const [said] of text.matchAll(piece)) {
    const plain = plainCode(said);
    const parts = textWidth(plain) > width ? plain.split(' ') : [plain];
    for (const part of parts) {
      const longer = line === '' ? part : `${line} ${part}`;
      if (line !== '' && textWidth(longer) > width) {
        lines.push(line);
        line = part;
      } else line = longer;
    }
  }
  return [...lines, line];
}
