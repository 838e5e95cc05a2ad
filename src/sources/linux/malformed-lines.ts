import { mostQuoted } from '../../text/quoted-line.ts';
import type { WarningSink } from '../source.ts';
import { malformedLines } from './warnings.ts';

/** The lines of one table that could not be parsed: how many there are, and the first. */
export interface MalformedLines {
  /** Adds the line with this number, counted from 1. */
  add(number: number, text: string): void;
  /** The same for a line in `bytes` from `start` to `end`. It may have any length: only its beginning is copied. */
  addBytes(number: number, bytes: Buffer, start: number, end: number): void;
  /** Warns of them, if there are any. `source`: the table's path. */
  warn(source: string, warnings: WarningSink): void;
}

/** None yet. */
export function noMalformedLines(): MalformedLines {
  let count = 0;
  let first = 0;
  let firstText = '';
  return {
    add(number, text) {
      if (count++ > 0) return;
      first = number;
      firstText = text;
    },
    addBytes(number, bytes, start, end) {
      if (count++ > 0) return;
      first = number;
      // One more byte than is shown, which shows that there is more. Each becomes one character, whatever it is.
      firstText = bytes.toString('latin1', start, Math.min(end, start + mostQuoted + 1));
    },
    warn(source, warnings) {
      if (count > 0) warnings.warn(malformedLines(source, count, first, firstText));
    },
  };
}
