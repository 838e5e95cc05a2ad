import { errorNaming, type NetstatError } from '../../errors.ts';
import type { Warning } from '../../model/report/snapshot.ts';
import { mostQuoted, quotedLine } from '../../text/quoted-line.ts';

/** The result of parsing a command's output. */
export interface Parsed<Row> {
  readonly rows: Row[];
  readonly warnings: Warning[];
}

/** Parses a table line by line, so that neither its text nor its rows need be in memory. */
export interface LineParser<Row> {
  /**
   * Returns the row in the next line; null if there is none in it.
   * @throws NetstatError `unrecognized` for a header of no known release.
   */
  row(line: string): Row | null;
  /** What was missing; to be called after the last line. */
  warnings(): Warning[];
  /** After the last line: whether there are columns of an unknown release. Left out: such a table is refused. */
  areColumnsUnknown?(): boolean;
}

/** Lines that could not be parsed: their number, and the first. */
export interface BadLines {
  add(line: string): void;
  /** The warning of them; none if there are no such lines. */
  warnings(): Warning[];
}

/** Collects the lines of a command's output that could not be parsed. */
export function badLines(source: string): BadLines {
  let count = 0;
  let first = '';
  return {
    add(line) {
      if (count++ === 0) first = quotedLine(line);
    },
    warnings() {
      if (count === 0) return [];
      const what =
        count === 1
          ? '1 line could not be read and was left out'
          : `${count} lines could not be read and were left out; the first`;
      return [{ code: 'malformed', message: `${source}: ${what}: ${first}`, source }];
    },
  };
}

/** The error for a table with a header of no known release: guessing would give wrong results. */
export function unknownTable(source: string, header: string): NetstatError {
  return errorNaming(
    'unrecognized',
    source,
    `unknown table format (this version knows macOS 10.10 to 26): ${quotedHeader(header)}`,
  );
}

/** What was asked for and is in the columns that not all releases have. */
export interface Lost {
  readonly owners: boolean;
  readonly bytes: boolean;
}

/**
 * The warning of columns of an unknown release, after those that all releases have; none if nothing that was asked for
 * is in them.
 */
export function unknownColumns(source: string, header: string, { owners, bytes }: Lost): Warning[] {
  const what = [...(owners ? ['owners'] : []), ...(bytes ? ['bytes of connections'] : [])];
  if (what.length === 0) return [];
  const lost = what.join(' and ');
  return [
    {
      // Rows that are chosen by owner may be missing.
      code: owners ? 'unreadable' : 'incomplete',
      message: `${source}: unknown columns, so ${lost} are not available: ${quotedHeader(header)}`,
      source,
    },
  ];
}

/** Quotes a header; a long one without its padding, so that all its columns are in the message. */
function quotedHeader(header: string): string {
  const line = header.trim();
  return quotedLine(line.length > mostQuoted ? line.replaceAll(/ {2,}/g, '  ') : line);
}

/** Returns the words of a header line. */
export function words(line: string): string[] {
  return line.trim().split(/\s+/);
}
