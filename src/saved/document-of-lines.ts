import { exactValues } from '../shapes/exact-numbers.ts';
import { sharer } from './sharer.ts';

/** A document of which any range of bytes can be read. */
export interface Pieces {
  readonly size: number;
  /** The bytes of a range; valid until the next call. */
  read(from: number, to: number): Buffer;
}

/** How many bytes of rows are parsed at a time, unless one row is longer. */
const pieceBytes = 64 * 1024;

/** The most bytes before the rows, and after them; a document with more is read as a whole. */
const mostHead = 64 * 1024;
const mostRest = 1024 * 1024;

/** What follows the last row. */
const rowsEnd = '\n],"warnings":[';

const restKey = 'rows';

/**
 * Parses a document as `--json` and `--save` write it, with each row on a line of its own, piece by piece: so the text
 * of the whole document is never in memory together with its values. null: it has another form or is malformed; the
 * caller then reads it as a whole.
 */
export function documentOfLines(pieces: Pieces): Readonly<Record<string, unknown>> | null {
  const { size } = pieces;
  const headEnd = pieces.read(0, Math.min(size, mostHead)).indexOf('\n');
  const restAt = Math.max(0, size - mostRest);
  const end = restAt + pieces.read(restAt, size).lastIndexOf(rowsEnd);
  if (headEnd < 0 || end < restAt || end <= headEnd) return null;
  try {
    const head = objectIn(`${pieces.read(0, headEnd).toString('utf8')}]}`);
    const rest = objectIn(`{"${restKey}":[${pieces.read(end, size).toString('utf8')}`);
    const report = Object.keys(head).at(-1) ?? '';
    if (!isEmptyList(head[report]) || !isEmptyList(rest[restKey])) return null;
    if (Object.keys(rest).join() !== `${restKey},warnings`) return null;
    return { ...head, [report]: rowsIn(pieces, headEnd + 1, end), warnings: rest.warnings };
  } catch {
    return null;
  }
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  return exactValues(text) as Readonly<Record<string, unknown>>;
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** @throws if these bytes are not rows with commas between them */
function rowsIn(pieces: Pieces, from: number, to: number): unknown[] {
  const shared = sharer();
  const rows: unknown[] = [];
  let wanted = pieceBytes;
  for (let start = from; ; ) {
    const until = Math.min(start + wanted, to);
    const piece = pieces.read(start, until);
    const length = until === to ? to - start : piece.lastIndexOf(',\n');
    if (length < 0) {
      wanted *= 2;
      continue;
    }
    const some = exactValues(`[${piece.toString('utf8', 0, length)}]`) as unknown[];
    if (some.length === 0) throw new SyntaxError('no rows');
    for (const row of some) rows.push(shared(row));
    if (until === to) return rows;
    start += length + 2;
    wanted = pieceBytes;
  }
}
