/**
 * What must not reach a terminal from text that others control: control characters (C0, DEL, C1),
 * line and paragraph separators, the bidirectional overrides and isolates that reorder what is
 * seen, and halves of surrogate pairs. Everything else printable stays.
 */
export const unsafe =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapeOf(character: string): string {
  const code = character.charCodeAt(0);
  return (
    short[character] ??
    (code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`)
  );
}

/** Makes `text` safe for one line of a terminal; what is taken out shows as an escape (`\n`, `\x1b`). */
export function sanitize(text: string): string {
  unsafe.lastIndex = 0;
  return unsafe.test(text) ? text.replace(unsafe, escapeOf) : text;
}
