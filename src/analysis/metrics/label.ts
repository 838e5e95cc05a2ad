import { sanitize } from '../../text/sanitize.ts';

/** The longest label, in characters. */
export const longestLabel = 64;

/**
 * Makes a label of a text that others choose: safe for a terminal, on one line, and bounded. Two texts with the
 * same beginning may get the same label.
 */
export function labelText(text: string): string {
  // Replacing unsafe characters by escapes makes the text longer.
  const safe = sanitize(text.length > longestLabel ? text.slice(0, longestLabel) : text);
  if (safe.length <= longestLabel) return safe;
  const characters = [...safe];
  return characters.length <= longestLabel ? safe : characters.slice(0, longestLabel).join('');
}
