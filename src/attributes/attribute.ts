import type { Names } from '../model/names.ts';
import type { Request } from '../model/request.ts';
import type { Round } from '../model/round.ts';

/** What a cell holds: one text, or one for each of several (owners, addresses). `''`: nothing. */
export type Cell = string | readonly string[];

/** What a cell may depend on beside its row. */
export interface Scene {
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  readonly names: Names;
  readonly previous: Round | null;
}

/** How a cell looks where there is colour; `state`: by the state that its text names. */
export type Tone = 'state' | 'strong' | 'quiet';

/** One column of a report. Its cells are raw text: whoever prints them makes them safe. */
export interface Column<R> {
  /** The name it is asked for by and has in CSV; lower-case, stable between versions. */
  readonly key: string;
  /** What is above it in a table for eyes. */
  readonly header: string;
  readonly align: 'left' | 'right';
  /** The fact as data: numbers, never looked-up names. */
  value(row: R, scene: Scene): Cell;
  /** The same for eyes: names, `*` for any. Default: `value`. Where it is empty, `-` shows. */
  show?(row: R, scene: Scene): Cell;
  /** Characters to keep for cells that are not known yet; default: the header's. */
  readonly width?: number;
  /** Long text, which a table that lacks room may break into lines. */
  readonly long?: true;
  readonly tone?: Tone;
  /** Told by other columns too (or by two rounds), so not one of CSV's own. */
  readonly derived?: true;
}

/** A report's columns. */
export interface ReportColumns<R> {
  readonly columns: readonly Column<R>[];
  /**
   * Which columns the boxed table shows for a row; for null: where there is none. One list (the
   * same object) for all rows makes one box; where it changes from row to row, a new box begins.
   */
  tableKeys(request: Request): (row: R | null) => readonly string[];
  /** Rows that tables for eyes leave out unless -a is given, as netstat does. */
  isMinor?(row: R): boolean;
}

/** The text of a number that may not be told, all its digits. */
export function numeral(value: number | bigint | null | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}

/** A cell for eyes: `-` where there is nothing. */
export function shown<R>(column: Column<R>, row: R, scene: Scene): Cell {
  const cell = column.show ? column.show(row, scene) : column.value(row, scene);
  if (typeof cell === 'string') return cell || '-';
  return cell.length === 0 ? '-' : cell.map((text) => text || '-');
}
