import { masked } from '../../text/sanitize.ts';
import { shortened } from '../../text/shortened.ts';

/** The most characters of a line that are quoted. */
const longestQuote = 200;

/** Returns the last line with words, safe to quote; null: none. */
export function lastLine(bytes: Buffer): string | null {
  return quotable(linesWithWords(bytes).at(-1));
}

/**
 * Returns the first line with words, safe to quote; null: none. The last line would be part of the script if a device
 * echoes it.
 */
export function firstWords(bytes: Buffer): string | null {
  return quotable(linesWithWords(bytes)[0]);
}

/** The lines with a letter or a digit: others, or bytes that are no text, tell nothing. */
function linesWithWords(bytes: Buffer): readonly string[] {
  return bytes
    .toString('utf8')
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => /[\p{L}\p{N}]/u.test(line));
}

function quotable(line: string | undefined): string | null {
  return line === undefined ? null : masked(shortened(line, longestQuote));
}
