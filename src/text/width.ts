/** Two columns in a terminal: Unicode's East Asian Wide and Fullwidth blocks. */
const wideBlocks =
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|[\u{16fe0}-\u{18d08}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/u;
/** Emoji that are pictures by themselves are wide; of a flag's two letters each is narrow. */
const picture = /\p{Emoji_Presentation}/u;
const flagLetter = /\p{Regional_Indicator}/u;
/** Marks, and the vowels and last consonants of Hangul written letter by letter. */
const combining = /\p{Mn}|\p{Me}|[\u1160-\u11ff\ud7b0-\ud7fb]/u;
const plain = /^[ -~]*$/;

function characterWidth(character: string): number {
  if (plain.test(character)) return 1;
  if (combining.test(character)) return 0;
  if (wideBlocks.test(character)) return 2;
  return picture.test(character) && !flagLetter.test(character) ? 2 : 1;
}

/** Columns that a safe text takes in a terminal. */
export function textWidth(text: string): number {
  if (plain.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** After these a line may end without breaking a word, an address or a path. */
const joint = /[\s/:,.;=_-]/;

/**
 * Breaks a text into lines of at most `width` (at least 2) columns; joined again they are the text.
 * A line ends after a joint if there is one in its second half.
 */
export function wrap(text: string, width: number): string[] {
  if (textWidth(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const character of text) {
    const more = characterWidth(character);
    if (used + more > width) {
      const end = lineEnd(line);
      lines.push(line.slice(0, end));
      line = line.slice(end);
      used = textWidth(line);
    }
    line += character;
    used += more;
  }
  lines.push(line);
  return lines;
}

function lineEnd(line: string): number {
  for (let end = line.length; end > line.length / 2; end--) {
    if (joint.test(line[end - 1] as string)) return end;
  }
  return line.length;
}
