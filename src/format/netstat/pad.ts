const blanks = ' '.repeat(128);

const nonAscii = /[^\u0000-\u007f]/;

/**
 * Columns as C's printf fills them: widths count bytes of UTF-8, and what is wider is never cut.
 */
function byteLength(text: string): number {
  return nonAscii.test(text) ? Buffer.byteLength(text) : text.length;
}

/** Left-aligned in `width` bytes: `%-Ns`. */
export function left(text: string, width: number): string {
  const gap = width - byteLength(text);
  return gap > 0 ? text + blanks.slice(0, gap) : text;
}

/** Right-aligned in `width` bytes: `%Ns`. */
export function right(text: string, width: number): string {
  const gap = width - byteLength(text);
  return gap > 0 ? blanks.slice(0, gap) + text : text;
}

/** The first `bytes` bytes of `text`, less the part of a character that would be cut in two. */
export function cut(text: string, bytes: number): string {
  if (text.length <= bytes && !nonAscii.test(text)) return text;
  const encoded = Buffer.from(text);
  if (encoded.length <= bytes) return text;
  let end = bytes;
  while (end > 0 && ((encoded[end] as number) & 0xc0) === 0x80) end--;
  return encoded.toString('utf8', 0, end);
}
