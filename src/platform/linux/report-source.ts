import type { NetstatError } from '../../errors.js';
import type { Notes } from '../backend.js';
import { errnoOf, isGone, type Proc } from './proc.js';
import { refused, refusedWarning } from './refused.js';
import { requireNet } from './require-net.js';
import { decodeText } from './text.js';
import { malformedLines } from './warnings.js';

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

/** Reads whole files under a /proc, and remembers what could not be had. */
export interface ReportSource {
  /** The file's text; null, and a warning, where it cannot be had. */
  read(path: string, what: string): string | null;
  /** As `read`, without a word where it is not there. */
  peek(path: string): string | null;
  /** The rows of `parsed`, and a warning for what is missing from them. */
  rows<Row>(path: string, parsed: Parsed<Row>): readonly Row[];
  /**
   * @throws NetstatError `unreadable` where not one file could be read and that makes the answer
   * worthless: all are forbidden, or this is no /proc.
   */
  settle(): void;
}

/** A source under `proc` whose warnings go to `notes`. */
export function reportSource(proc: Proc, notes: Notes): ReportSource {
  for (const warning of proc.warnings) notes.warn(warning);
  let had = 0;
  let refusal: NetstatError | null = null;

  const attempt = (path: string, onAbsent: (source: string) => void): string | null => {
    const source = `${proc.root}/${path}`;
    try {
      const text = decodeText(proc.readFile(path));
      had++;
      return text;
    } catch (error) {
      if (isGone(errnoOf(error))) {
        onAbsent(source);
        return null;
      }
      refusal = refused(source, error);
      notes.warn(refusedWarning(source, refusal));
      return null;
    }
  };

  return {
    read: (path, what) =>
      attempt(path, (source) =>
        notes.warn({ code: 'absent', message: `${source}: this kernel has no ${what}`, source }),
      ),
    peek: (path) => attempt(path, () => undefined),
    rows: (path, { rows, malformed }) => {
      const [first] = malformed;
      if (first !== undefined) {
        notes.warn(malformedLines(`${proc.root}/${path}`, malformed.length, first));
      }
      return rows;
    },
    settle: () => {
      if (had > 0) return;
      if (refusal !== null) throw refusal;
      requireNet(proc);
    },
  };
}
