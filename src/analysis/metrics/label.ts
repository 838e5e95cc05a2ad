import { sanitize } from '../../text/sanitize.ts';

/** No label is longer, in characters. */
export const longestLabel = 64;

/**
 * Makes labels of texts that others choose: safe for a terminal, on one line, and bounded. Two texts that begin alike
 * may become the same label.
 */
export function labelText(text: string): string {
  // What is taken out grows as it is written as an escape.
  const safe = sanitize(text.length > longestLabel ? text.slice(0, longestLabel) : text);
  if (safe.length <= longestLabel) return safe;
  const characters = [...safe];
  return characters.length <= longestLabel ? safe : characters.slice(0, longestLabel).join('');
}
