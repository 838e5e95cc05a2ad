/**
 * Columns as C's printf fills them: widths count bytes of UTF-8, as awk and cut expect, and text that is wider is
 * never cut. `%-15s` is `left(text, 15)`, `%15s` is `right(text, 15)`, `%-15.15s` is `left(cut(text, 15), 15)`.
 */

const blanks = ' '.repeat(128);

const nonAscii = /[^\u0000-\u007f]/;

/** The length of `text` in UTF-8. */
export function bytesIn(text: string): number {
  return nonAscii.test(text) ? Buffer.byteLength(text) : text.length;
}

function gap(width: number, text: string): string {
  const missing = width - bytesIn(text);
  return missing > 0 ? blanks.slice(0, missing) : '';
}

/** `text` left-aligned in `width` bytes. */
export function left(text: string | number, width: number): string {
  const shown = String(text);
  return shown + gap(width, shown);
}

/** `text` right-aligned in `width` bytes. */
export function right(text: string | number, width: number): string {
  const shown = String(text);
  return gap(width, shown) + shown;
}

/** The first `bytes` bytes of `text`, without a partial character at the end. */
export function cut(text: string, bytes: number): string {
  if (text.length <= bytes && !nonAscii.test(text)) return text;
  const encoded = Buffer.from(text);
  if (encoded.length <= bytes) return text;
  let end = bytes;
  while (end > 0 && ((encoded[end] as number) & 0xc0) === 0x80) end--;
  return encoded.toString('utf8', 0, end);
}
