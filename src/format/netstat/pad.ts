/**
 * Columns as C's printf makes them: widths count bytes of UTF-8, which is what awk's and cut's
 * columns depend on. `%-15s` is `left(text, 15)`, `%15s` is `right(text, 15)`, `%-15.15s` is
 * `left(cut(text, 15), 15)`.
 */
const ascii = /^[\x20-\x7e]*$/;

function bytesIn(text: string): number {
  return ascii.test(text) ? text.length : Buffer.byteLength(text);
}

export function left(text: string | number, width: number): string {
  const shown = String(text);
  return shown + ' '.repeat(Math.max(0, width - bytesIn(shown)));
}

export function right(text: string | number, width: number): string {
  const shown = String(text);
  return ' '.repeat(Math.max(0, width - bytesIn(shown))) + shown;
}

/** At most `limit` bytes, and never half a character. */
export function cut(text: string, limit: number): string {
  if (bytesIn(text) <= limit) return text;
  let shown = '';
  let length = 0;
  for (const character of text) {
    length += bytesIn(character);
    if (length > limit) break;
    shown += character;
  }
  return shown;
}

/** What C prints for an unsigned number that it takes for a signed one of 32 bits. */
export function int32(value: number): number {
  return value | 0;
}
