import type { NetstatError } from '../../errors.ts';
import type { WarningSink } from '../source.ts';
import { errnoOf, isGone, type Proc, type TableFile } from './proc/proc.ts';
import { requireNet } from './proc/require-net.ts';
import { refused, refusedWarning } from './refused.ts';
import { tableBlocks } from './sockets/table-blocks.ts';
import { decodeText } from './text.ts';
import { cutShort, malformedLines } from './warnings.ts';

/** What a pure parser makes of a file: the rows, and which lines (counted from 1) it could not read. */
export interface Parsed<Row> {
  readonly rows: readonly Row[];
  readonly malformed: readonly number[];
}

/** A file's lines, without the empty rest after the last line break. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/**
 * The words of a line. The kernel separates by blanks and tabs; other characters that JavaScript
 * takes for white space can be part of an interface's name.
 */
export function wordsOf(line: string): string[] {
  return line.split(/[ \t]+/).filter((word) => word !== '');
}

/**
 * Reads a file's lines one after another: a row; undefined for a line that is none (a header); null for
 * one that could not be read. It may remember what earlier lines said.
 */
export type LineReader<Row> = (line: string) => Row | undefined | null;

/** A reader that is made when its first line comes: a file that is not there costs nothing. */
export function fromFirstLine<Row>(make: () => LineReader<Row>): LineReader<Row> {
  let reader: LineReader<Row> | null = null;
  return (line) => {
    reader ??= make();
    return reader(line);
  };
}

/** What a reader of lines makes of a whole text. */
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

/** Reads files under a /proc, and remembers what could not be had. */
export interface ReportSource {
  /** The file's text; null, and a warning, where it cannot be had. */
  read(path: string, what: string): string | null;
  /** As `read`, without a word where it is not there. */
  peek(path: string): string | null;
  /**
   * A file's rows a block at a time, so that memory does not grow with it, and the warnings that `read`
   * and `rows` give; `what` null: without a word where it is not there.
   * @throws NetstatError `unreadable` where reading fails after the first rows
   */
  batches<Row>(path: string, what: string | null, reader: LineReader<Row>): Generator<Row[]>;
  /** The rows of `parsed`, and a warning for what is missing from them. */
  rows<Row>(path: string, parsed: Parsed<Row>): readonly Row[];
  /**
   * @throws NetstatError `unreadable` where not one file could be read and that makes the answer
   * worthless: all are forbidden, or this is no /proc.
   */
  settle(): void;
  /** Why the last of those files that are there could not be read; null where all could be. */
  refusal(): NetstatError | null;
}

/** Whole lines; null for one that was too long to be kept. */
function* textBlocks(file: TableFile): Generator<string | null, void> {
  for (const { bytes, end, isTooLong } of tableBlocks(file)) {
    yield isTooLong ? null : decodeText(bytes.subarray(0, end));
  }
}

/** A source under `proc` whose warnings go to `warnings`. */
export function reportSource(proc: Proc, warnings: WarningSink): ReportSource {
  for (const warning of proc.warnings) warnings.warn(warning);
  let had = 0;
  let refusal: NetstatError | null = null;

  /** What `get` gives; null, and a warning, where the file cannot be had. */
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

  function textOf(path: string, what: string | null): string | null {
    const text = attempt(path, what, () => decodeText(proc.readFile(path)));
    if (text !== null) had++;
    return text;
  }

  function tellMalformed(path: string, count: number, first: number): void {
    if (count > 0) warnings.warn(malformedLines(`${proc.root}/${path}`, count, first));
  }

  return {
    read: textOf,
    peek: (path) => textOf(path, null),
    rows: (path, { rows, malformed }) => {
      tellMalformed(path, malformed.length, malformed[0] ?? 0);
      return rows;
    },
    *batches(path, what, reader) {
      const file = attempt(path, what, () => proc.openTable(path));
      if (file === null) return;
      const blocks = textBlocks(file);
      let begun = false;
      let line = 0;
      let malformed = 0;
      let firstMalformed = 0;
      let endsInRow = false;
      try {
        for (;;) {
          let block: IteratorResult<string | null, void> | null;
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
          for (const each of block.value === null ? [null] : linesOf(block.value)) {
            line++;
            const row = each === null ? null : reader(each);
            if (row === null) {
              if (malformed++ === 0) firstMalformed = line;
            } else if (row !== undefined) batch.push(row);
            endsInRow = row != null;
          }
          endsInRow &&= block.value?.endsWith('\n') === false;
          if (batch.length > 0) yield batch;
        }
      } finally {
        blocks.return();
      }
      tellMalformed(path, malformed, firstMalformed);
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
