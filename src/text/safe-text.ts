import { sanitize } from './sanitize.ts';
import { shortened } from './shortened.ts';

/**
 * The most characters of one text that a cell shows: as many as netstat reads of a command line. A process can make
 * its text any length; a longer one is cut with an ellipsis, formats for programs have it whole.
 */
export const longestText = 512;

/**
 * A text that others control for a cell of a table: safe for a terminal, and not too long. It is cut before escaping: an
 * escape stands for one character and is never split.
 */
export function safeText(text: string): string {
  return sanitize(text.length <= longestText ? text : shortened(text, longestText - 1));
}
