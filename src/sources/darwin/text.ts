import { NetstatError } from '../../errors.ts';
import type { Warning } from '../../model/snapshot.ts';
import { quotedLine } from '../../text/quoted-line.ts';

/** The result of parsing a command's output. */
export interface Parsed<Row> {
  readonly rows: Row[];
  readonly warnings: Warning[];
}

/** Returns a warning of lines that could not be parsed; none if there are no such lines. */
export function malformed(source: string, lines: readonly string[]): Warning[] {
  const [first] = lines;
  if (first === undefined) return [];
  const message =
    lines.length === 1
      ? `${source}: a line left out that could not be read: ${quotedLine(first)}`
      : `${source}: ${lines.length} lines left out that could not be read, the first: ${quotedLine(first)}`;
  return [{ code: 'malformed', message, source }];
}

/** The error for a table with a header of no known release: guessing would give wrong results. */
export function unknownTable(source: string, header: string): NetstatError {
  return new NetstatError(
    'unrecognized',
    `${source}: its table is in no form that this version knows (macOS 10.10 to 26): ${quotedLine(header.trim())}`,
    { path: source },
  );
}

/** The warning of columns of an unknown release, after those that all releases have. */
export function unknownColumns(source: string, header: string): Warning {
  return {
    code: 'unreadable',
    message: `${source}: it has columns that this version does not know, so that nothing is told of owners: ${quotedLine(header.trim())}`,
    source,
  };
}

/** Returns the words of a header line. */
export function words(line: string): string[] {
  return line.trim().split(/\s+/);
}
