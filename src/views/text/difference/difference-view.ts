import type { ComparedReport, Difference } from '../../../model/report/difference.ts';
import type { PlatformName, Warning } from '../../../model/report/snapshot.ts';
import type { ViewContext } from '../text-view.ts';

/** One side of a comparison. */
export interface ComparedSide {
  readonly platform: PlatformName;
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  /** The machine's name; null: not known. */
  readonly host: string | null;
  /** What is missing from its rows. */
  readonly warnings: readonly Warning[];
}

/** A comparison to be shown. */
export interface DifferenceReport {
  readonly difference: Difference<ComparedReport>;
  /** What it was compared with, for people: a file's name. */
  readonly name: string;
  readonly before: ComparedSide;
  readonly after: ComparedSide;
}

/** Formats a comparison; each chunk ends with a whole line. */
export type DifferenceFormatter = (
  report: DifferenceReport,
  context: ViewContext,
) => Iterable<string>;
