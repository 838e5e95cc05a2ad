import { lazily } from '../../flow/lazily.ts';

/** The result of parsing a file: the rows, and the lines (counted from 1) that could not be parsed. */
export interface Parsed<Row> {
  readonly rows: readonly Row[];
  readonly malformed: readonly number[];
}

/** A file's lines, without the empty one after the last line break. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/**
 * The words of a line. The kernel separates by blanks and tabs; an interface's name may contain other characters
 * that JavaScript treats as white space.
 */
export function wordsOf(line: string): string[] {
  return line.split(/[ \t]+/).filter((word) => word !== '');
}

/**
 * Parses a file line by line: a row; undefined for a line that is not a row (a header); null for one that could not
 * be parsed. May keep state from earlier lines.
 */
export type LineReader<Row> = (line: string) => Row | undefined | null;

/** A reader that is created at its first line: a missing file costs nothing. */
export function fromFirstLine<Row>(make: () => LineReader<Row>): LineReader<Row> {
  const reader = lazily(make);
  return (line) => reader()(line);
}

/** Parses a whole text line by line. */
export function parseLines<Row>(text: string, reader: LineReader<Row>): Parsed<Row> {
  const rows: Row[] = [];
  const malformed: number[] = [];
  for (const [at, line] of linesOf(text).entries()) {
    const row = reader(line);
    if (row === null) malformed.push(at + 1);
    else if (row !== undefined) rows.push(row);
  }
  return { rows, malformed };
}
