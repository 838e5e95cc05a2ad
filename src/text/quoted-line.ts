/** The most characters of a line that are quoted. */
export const mostQuoted = 200;

/** Quotes a line that others wrote for our messages: ASCII, its first 200 characters. */
export function quotedLine(line: string): string {
  const cut = line.length > mostQuoted ? `${line.slice(0, mostQuoted)}...` : line;
  const safe = cut.replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${safe}"`;
}
