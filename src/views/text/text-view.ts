import type { Fact } from '../../model/report/facts.ts';
import type { Names } from '../../model/report/names.ts';
import type { Round } from '../../model/report/round.ts';
import type { PlatformName, ReportKind, ReportRows, Warning } from '../../model/report/snapshot.ts';
import type { SavedQuestion } from '../../model/request/asked.ts';
import type { Listing } from '../../model/request/listing.ts';
import type { ViewNeeds } from '../../model/request/needs.ts';
import type { Paint } from './paint.ts';

/** A report ready to be shown: selected, sorted, its names looked up. */
export interface ReportStream<K extends ReportKind = ReportKind> {
  readonly kind: K;
  readonly platform: PlatformName;
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  readonly batches: AsyncIterable<readonly ReportRows[K][]>;
  /** What was asked, if the text should say so. */
  readonly asked?: SavedQuestion | undefined;
  /** Complete only once `batches` has ended. */
  readonly warnings: readonly Warning[];
}

/** Everything besides the rows that a text depends on. */
export interface ViewContext extends Omit<Listing, 'target'> {
  readonly names: Names;
  /** The facts about sockets that the platform reports; other columns show `-`. */
  readonly facts: readonly Fact[];
  /** null: no colour, no escape sequences. */
  readonly paint: Paint | null;
  /** The terminal's width in columns; null: not a terminal. */
  readonly width: number | null;
  /** The round before, for columns that show change; null in the first round, or if none needs it. */
  readonly previous: Round | null;
}

/** A piece of text, or UTF-8 bytes that are valid until the next piece is requested. */
export type Chunk = string | Uint8Array;

/** Turns rows into text, a chunk at a time; each chunk ends with a whole line. */
export type Formatter = (report: ReportStream, context: ViewContext) => AsyncIterable<Chunk>;

/** How rows are formatted, and what that needs. */
export interface TextView extends ViewNeeds {
  readonly format: Formatter;
  /** Its text has an end: it is written even if reading fails after some rows. */
  readonly hasEnd: boolean;
}
