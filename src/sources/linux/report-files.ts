import type { NetstatError } from '../../errors.ts';
import { mostQuoted } from '../../text/quoted-line.ts';
import type { WarningSink } from '../source.ts';
import { noMalformedLines } from './malformed-lines.ts';
import { errnoOf, isGone, type Proc, type TableFile } from './proc/proc.ts';
import { requireNet } from './proc/require-net.ts';
import { refused, refusedWarning } from './refused.ts';
import { tableBlocks } from './sockets/table-blocks.ts';
import { decodeText } from './text.ts';
import { cutShort } from './warnings.ts';

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
  let reader: LineReader<Row> | null = null;
  return (line) => {
    reader ??= make();
    return reader(line);
  };
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

/** Reads files under a /proc, and remembers which could not be read. */
export interface ReportFiles {
  /** The file's text; null, with a warning, if it cannot be read. */
  read(path: string, what: string): string | null;
  /**
   * A file's rows block by block, so that memory does not grow with it, with the warnings of `read` and `rows`;
   * `what` null: no warning if it does not exist.
   * @throws NetstatError `unreadable` if reading fails after the first rows
   */
  batches<Row>(path: string, what: string | null, reader: LineReader<Row>): Generator<Row[]>;
  /** The rows in the `text` of a file, with a warning for lines that could not be parsed. */
  rows<Row>(path: string, text: string, parse: (text: string) => Parsed<Row>): readonly Row[];
  /**
   * @throws NetstatError `unreadable` if no file could be read and that makes the answer worthless: all are
   * forbidden, or this is not a /proc.
   */
  settle(): void;
  /** Why the last existing file that failed could not be read; null: none failed. */
  refusal(): NetstatError | null;
}

/** Complete lines, or the beginning of one that is too long. */
interface TextBlock {
  readonly text: string;
  readonly isTooLong: boolean;
}

function* textBlocks(file: TableFile): Generator<TextBlock, void> {
  for (const { bytes, end, isTooLong } of tableBlocks(file)) {
    yield { text: decodeText(bytes.subarray(0, isTooLong ? mostQuoted + 1 : end)), isTooLong };
  }
}

/** A source under `proc` whose warnings go to `warnings`. */
export function reportSource(proc: Proc, warnings: WarningSink): ReportFiles {
  for (const warning of proc.warnings) warnings.warn(warning);
  let had = 0;
  let refusal: NetstatError | null = null;

  /** The result of `get`; null, with a warning, if the file cannot be read. */
  function attempt<T>(path: string, what: string | null, get: () => T): T | null {
    const source = `${proc.root}/${path}`;
    try {
      return get();
    } catch (error) {
      if (!isGone(errnoOf(error))) {
        refusal = refused(source, error);
        warnings.warn(refusedWarning(source, refusal));
      } else if (what !== null) {
        warnings.warn({ code: 'absent', message: `${source}: this kernel has no ${what}`, source });
      }
      return null;
    }
  }

  function textOf(path: string, what: string): string | null {
    const text = attempt(path, what, () => decodeText(proc.readFile(path)));
    if (text !== null) had++;
    return text;
  }

  return {
    read: textOf,
    rows: (path, text, parse) => {
      const { rows, malformed } = parse(text);
      if (malformed.length > 0) {
        const lines = linesOf(text);
        const skipped = noMalformedLines();
        for (const number of malformed) skipped.add(number, lines[number - 1] ?? '');
        skipped.warn(`${proc.root}/${path}`, warnings);
      }
      return rows;
    },
    *batches(path, what, reader) {
      const file = attempt(path, what, () => proc.openTable(path));
      if (file === null) return;
      const blocks = textBlocks(file);
      let begun = false;
      let line = 0;
      const malformed = noMalformedLines();
      let endsInRow = false;
      try {
        for (;;) {
          let block: IteratorResult<TextBlock, void> | null;
          try {
            block = begun ? blocks.next() : attempt(path, what, () => blocks.next());
          } catch (error) {
            throw refused(`${proc.root}/${path}`, error);
          }
          if (block === null) return;
          if (!begun) had++;
          begun = true;
          if (block.done) break;
          const batch = [];
          const { text, isTooLong } = block.value;
          for (const each of isTooLong ? [text] : linesOf(text)) {
            line++;
            const row = isTooLong ? null : reader(each);
            if (row === null) malformed.add(line, each);
            else if (row !== undefined) batch.push(row);
            endsInRow = row != null;
          }
          endsInRow &&= !text.endsWith('\n');
          if (batch.length > 0) yield batch;
        }
      } finally {
        blocks.return();
      }
      malformed.warn(`${proc.root}/${path}`, warnings);
      if (endsInRow) warnings.warn(cutShort(`${proc.root}/${path}`));
    },
    refusal: () => refusal,
    settle: () => {
      if (had > 0) return;
      if (refusal !== null) throw refusal;
      requireNet(proc);
    },
  };
}
