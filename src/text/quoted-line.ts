import { escapeTail } from './sanitize.ts';

/** The most characters of a line that are quoted. */
export const mostQuoted = 200;

/** What is not printable ASCII, and backslashes that would be read as the beginning of an escape or precede one. */
const escaped = new RegExp(String.raw`\\+(?=${escapeTail}|[^ -~])|[^ -~]`, 'gi');

/**
 * Quotes a line that others wrote for our messages: its first 200 characters, in ASCII, so that a message is safe
 * wherever it is shown. Backslashes are doubled as `sanitize` does, which makes what it prints of the message
 * unambiguous too: of a NUL `\\u0000`, of the text `\u0000` twice as many backslashes.
 */
export function quotedLine(line: string): string {
  const cut = line.length > mostQuoted ? `${line.slice(0, mostQuoted)}...` : line;
  const safe = cut.replace(escaped, (text) =>
    text.startsWith('\\') ? text + text : `\\u${text.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${safe}"`;
}
