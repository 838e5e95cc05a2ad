import { unsafe } from './sanitize.js';

/** Nearly every row is nothing but these, and this is the fastest way to know. */
const plain = /^[ -~]*$/;

function escapeOf(character: string): string {
  let text = '';
  for (let i = 0; i < character.length; i++) {
    text += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  }
  return text;
}

/**
 * Compact JSON that is safe for a terminal: what `sanitize` would take out is escaped, so that it
 * parses back to the very same text. (`JSON.stringify` itself leaves DEL, C1 and the bidirectional
 * controls as they are.) Outside of strings JSON has no such character.
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  return plain.test(text) ? text : text.replace(unsafe, escapeOf);
}
