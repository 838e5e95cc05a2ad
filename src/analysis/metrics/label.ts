import { sanitize } from '../../text/sanitize.ts';

/** The longest label, in characters. */
export const longestLabel = 64;

/**
 * Makes a label of a text that others choose: safe for a terminal, on one line, and bounded. Two texts with the
 * same beginning may get the same label.
 */
export function labelText(text: string): string {
  // No character is split: neither its two halves nor the escape that it becomes.
  const characters = [...text.slice(0, 2 * longestLabel)].slice(0, longestLabel);
  let safe = sanitize(characters.join(''));
  while ([...safe].length > longestLabel) {
    characters.pop();
    safe = sanitize(characters.join(''));
  }
  return safe;
}
