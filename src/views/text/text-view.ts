import type { Asked } from '../../model/asked.ts';
import type { Fact } from '../../model/facts.ts';
import type { Listing } from '../../model/listing.ts';
import type { Names } from '../../model/names.ts';
import type { ViewNeeds } from '../../model/needs.ts';
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
  /** What was asked, where the text is to say so. */
  readonly asked?: Asked | undefined;
  /** Complete only once `batches` has ended. */
  readonly warnings: readonly Warning[];
}

/** Everything beyond the rows that a text depends on. */
export interface ViewContext extends Omit<Listing, 'target'> {
  readonly names: Names;
  /** What the platform tells of sockets: a column of what it does not shows `-`. */
  readonly facts: readonly Fact[];
  /** null: no colour, not one byte of it. */
  readonly paint: Paint | null;
  /** The terminal's width in columns; null: not a terminal. */
  readonly width: number | null;
  /** The round before this one, for what shows change; null in the first, or where nothing needs it. */
  readonly previous: Round | null;
}

/** A piece of a text, or its bytes in UTF-8, which are good until the next piece is asked for. */
export type Chunk = string | Uint8Array;

/** Turns rows into text, a chunk at a time; each chunk ends with a whole line. */
export type Formatter = (report: ReportStream, context: ViewContext) => AsyncIterable<Chunk>;

/** A way to show rows as text, and what it needs for that. */
export interface TextView extends ViewNeeds {
  readonly format: Formatter;
  /** Its text has an end of its own: where reading fails after some rows, it comes all the same. */
  readonly hasEnd: boolean;
}
