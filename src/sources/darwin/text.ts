import { NetstatError } from '../../errors.ts';
import type { Warning } from '../../model/snapshot.ts';

/** The result of parsing a command's output. */
export interface Parsed<Row> {
  readonly rows: Row[];
  readonly warnings: Warning[];
}

const shownLength = 200;

/** Quotes a line of other programs for our messages: ASCII, at most 200 characters. */
export function quoted(line: string): string {
  const cut = line.length > shownLength ? `${line.slice(0, shownLength)}...` : line;
  const safe = cut.replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${safe}"`;
}

/** Returns a warning of lines that could not be parsed; none if there are no such lines. */
export function malformed(source: string, lines: readonly string[]): Warning[] {
  const [first] = lines;
  if (first === undefined) return [];
  const message =
    lines.length === 1
      ? `${source}: 1 line could not be read and was left out: ${quoted(first)}`
      : `${source}: ${lines.length} lines could not be read and were left out; the first: ${quoted(first)}`;
  return [{ code: 'malformed', message, source }];
}

/** The error for a table with a header of no known release: guessing would give wrong results. */
export function unknownTable(source: string, header: string): NetstatError {
  return new NetstatError(
    'unrecognized',
    `${source}: unknown table format (this version knows macOS 10.10 to 26): ${quoted(header.trim())}`,
    { path: source },
  );
}

/** The warning of columns of an unknown release, after those that all releases have. */
export function unknownColumns(source: string, header: string): Warning {
  return {
    code: 'unreadable',
    message: `${source}: unknown columns, so owners are not available: ${quoted(header.trim())}`,
    source,
  };
}

/** Returns the words of a header line. */
export function words(line: string): string[] {
  return line.trim().split(/\s+/);
}
