/** Characters two columns wide in a terminal: Unicode's East Asian Wide and Fullwidth blocks. */
const wideBlocks =
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|[\u{16fe0}-\u{18d08}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/u;
/** Emoji that are pictures by default are wide; each of a flag's two letters is narrow. */
const picture = /\p{Emoji_Presentation}/u;
const flagLetter = /\p{Regional_Indicator}/u;
/**
 * Zero-width characters: marks, the vowels and final consonants of decomposed Hangul, and the joiner that makes one
 * emoji of several. (A terminal that draws the several side by side needs room for each.)
 */
const zeroWidth = /\p{Mn}|\p{Me}|[\u1160-\u11ff\ud7b0-\ud7fb\u200d]/u;
const plain = /^[ -~]*$/;

/** The number of columns that one character of a safe text takes in a terminal. */
export function characterWidth(character: string): number {
  if (plain.test(character)) return 1;
  if (zeroWidth.test(character)) return 0;
  if (wideBlocks.test(character)) return 2;
  return picture.test(character) && !flagLetter.test(character) ? 2 : 1;
}

/**
 * The number of columns that a text takes in a terminal. It must be sanitized already: `sanitize` decides how a
 * control character is shown, and so its width.
 */
export function textWidth(text: string): number {
  if (plain.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** The blanks that pad `text` to `width` columns. */
export function fill(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - textWidth(text)));
}
