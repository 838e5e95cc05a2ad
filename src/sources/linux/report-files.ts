import type { NetstatError } from '../../errors.ts';
import type { InetFamily } from '../../model/protocol.ts';
import { mostQuoted } from '../../text/quoted-line.ts';
import { aboutTables } from '../about-tables.ts';
import type { WarningSink } from '../source.ts';
import { type LineReader, linesOf, type Parsed } from './line-reader.ts';
import { noMalformedLines } from './malformed-lines.ts';
import { errnoOf, isGone, type Proc, type TableFile } from './proc/proc.ts';
import { requireNet } from './proc/require-net.ts';
import { refused, refusedWarning } from './refused.ts';
import { tableBlocks } from './sockets/table-blocks.ts';
import { decodeText } from './text.ts';
import { cutShort } from './warnings.ts';

/** Reads files under a /proc, and remembers which could not be read. */
export interface ReportFiles {
  /** The file's text; null, with a warning, if it cannot be read. */
  read(path: string, what: string): string | null;
  /**
   * A file's rows block by block, so that memory does not grow with it, with the warnings of `read` and `rows`;
   * `what` null: no warning if it does not exist. `family`: that of all its rows.
   * @throws NetstatError `unreadable` if reading fails after the first rows
   */
  batches<Row>(
    path: string,
    what: string | null,
    reader: LineReader<Row>,
    family?: InetFamily,
  ): Generator<Row[]>;
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

/** Parses the blocks of a file, in their order. */
function blockParser<Row>(reader: LineReader<Row>) {
  const malformed = noMalformedLines();
  let line = 0;
  let endsInRow = false;
  return {
    rowsIn({ text, isTooLong }: TextBlock): Row[] {
      const rows: Row[] = [];
      for (const each of isTooLong ? [text] : linesOf(text)) {
        line++;
        const row = isTooLong ? null : reader(each);
        if (row === null) malformed.add(line, each);
        else if (row !== undefined) rows.push(row);
        endsInRow = row != null;
      }
      endsInRow &&= !text.endsWith('\n');
      return rows;
    },
    /** Warns of lines that could not be parsed, and of a last row that may be cut. */
    warn(source: string, warnings: WarningSink): void {
      malformed.warn(source, warnings);
      if (endsInRow) warnings.warn(cutShort(source));
    },
  };
}

/**
 * The rows of blocks, of which the `first` was read, with the warnings of the parser at the end.
 * @throws NetstatError `unreadable` if reading fails
 */
function* rowsFrom<Row>(
  first: IteratorResult<TextBlock, void>,
  blocks: Generator<TextBlock, void>,
  reader: LineReader<Row>,
  source: string,
  warnings: WarningSink,
): Generator<Row[]> {
  const parser = blockParser(reader);
  for (let block = first; !block.done; ) {
    const rows = parser.rowsIn(block.value);
    if (rows.length > 0) yield rows;
    try {
      block = blocks.next();
    } catch (error) {
      throw refused(source, error);
    }
  }
  parser.warn(source, warnings);
}

/** Warns of lines of a text, by their numbers. */
function warnMalformed(
  source: string,
  text: string,
  numbers: readonly number[],
  warnings: WarningSink,
): void {
  if (numbers.length === 0) return;
  const lines = linesOf(text);
  const malformed = noMalformedLines();
  for (const number of numbers) malformed.add(number, lines[number - 1] ?? '');
  malformed.warn(source, warnings);
}

/** A source under `proc` whose warnings go to `warnings`. */
export function reportSource(proc: Proc, warnings: WarningSink): ReportFiles {
  for (const warning of proc.warnings) warnings.warn(warning);
  let had = 0;
  let refusal: NetstatError | null = null;
  const sourceOf = (path: string) => `${proc.root}/${path}`;

  /** The result of `get`; null, with a warning, if the file cannot be read. */
  function attempt<T>(
    path: string,
    what: string | null,
    get: () => T,
    sink: WarningSink = warnings,
  ): T | null {
    const source = sourceOf(path);
    try {
      return get();
    } catch (error) {
      if (!isGone(errnoOf(error))) {
        refusal = refused(source, error);
        sink.warn(refusedWarning(source, refusal));
      } else if (what !== null) {
        sink.warn({ code: 'absent', message: `${source}: this kernel has no ${what}`, source });
      }
      return null;
    }
  }

  return {
    read(path, what) {
      const text = attempt(path, what, () => decodeText(proc.readFile(path)));
      if (text !== null) had++;
      return text;
    },
    rows(path, text, parse) {
      const { rows, malformed } = parse(text);
      warnMalformed(sourceOf(path), text, malformed, warnings);
      return rows;
    },
    *batches(path, what, reader, family) {
      const sink = family === undefined ? warnings : aboutTables(warnings, { family });
      const file = attempt(path, what, () => proc.openTable(path), sink);
      if (file === null) return;
      const blocks = textBlocks(file);
      try {
        const first = attempt(path, what, () => blocks.next(), sink);
        if (first === null) return;
        had++;
        yield* rowsFrom(first, blocks, reader, sourceOf(path), sink);
      } finally {
        blocks.return();
      }
    },
    refusal: () => refusal,
    settle: () => {
      if (had > 0) return;
      if (refusal !== null) throw refusal;
      requireNet(proc);
    },
  };
}
