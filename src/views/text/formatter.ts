import type { Names } from '../../model/names.ts';
import type { Request } from '../../model/request.ts';
import type { Round } from '../../model/round.ts';
import type { PlatformName, ReportKind, ReportRows, Warning } from '../../model/snapshot.ts';
import type { Paint } from './paint.ts';

/** One report on its way out: selected, in order, its names looked up. */
export interface ReportStream<K extends ReportKind = ReportKind> {
  readonly kind: K;
  readonly platform: PlatformName;
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  readonly batches: AsyncIterable<readonly ReportRows[K][]>;
  /** Complete only once `batches` has ended. */
  readonly warnings: readonly Warning[];
}

/** Everything beyond the rows that a format depends on. */
export interface FormatContext {
  readonly request: Request;
  readonly names: Names;
  /** null: no colour, not one byte of it. */
  readonly paint: Paint | null;
  /** The terminal's width in columns; null: not a terminal. */
  readonly width: number | null;
  /** In `-c`: the round before this one, for formats that show change; null in the first. */
  readonly previous: Round | null;
}

/** Turns rows into text, a chunk at a time; each chunk ends with a whole line. */
export type Formatter = (report: ReportStream, context: FormatContext) => AsyncIterable<string>;
