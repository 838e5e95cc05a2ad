import { characterWidth, textWidth } from './width.ts';

/** Where a line may be broken. */
export type BreakAt =
  /** Sentences: at a blank, which is dropped; a word longer than a line gets a line of its own. */
  | 'blanks'
  /**
   * Names, addresses and paths: after a separator if there is one in the second half of the line, else anywhere.
   * Nothing is dropped: the lines joined are the text.
   */
  | 'joints';

const joint = /[\s/:,.;=_-]/;

/** Breaks a safe text into lines of at most `width` columns (at least 2: a character may take two). */
export function wrap(text: string, width: number, at: BreakAt): string[] {
  if (textWidth(text) <= width) return [text];
  const endOf = at === 'blanks' ? endAtBlank : endAtJoint;
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const character of text) {
    const more = characterWidth(character);
    // A blank that does not fit is dropped, and the next line starts after it.
    const breaks = used + more > width && !(at === 'blanks' && character === ' ');
    const end = breaks ? endOf(line) : 0;
    if (end > 0) {
      lines.push(at === 'blanks' ? line.slice(0, end).trimEnd() : line.slice(0, end));
      line = line.slice(end);
      used = textWidth(line);
    }
    line += character;
    used += more;
  }
  lines.push(at === 'blanks' ? line.trimEnd() : line);
  return lines;
}

/** 0 if there is no blank. */
function endAtBlank(line: string): number {
  return line.lastIndexOf(' ') + 1;
}

function endAtJoint(line: string): number {
  for (let end = line.length; end > line.length / 2; end--) {
    if (joint.test(line[end - 1] as string)) return end;
  }
  return line.length;
}
