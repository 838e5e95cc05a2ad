import type { ReportKind } from '../model/snapshot.ts';

/**
 * Words that values may be made of. They belong to other rooms, which options may not import, so the
 * caller passes them in.
 */
export interface Vocabulary {
  /** States that a filter names. */
  readonly states: readonly string[];
  /** Names for several states at once, and which. */
  readonly stateGroups: Readonly<Record<string, readonly string[]>>;
  /** States that `--explain` has a text for. */
  readonly explainedStates: readonly string[];
  /** What an expression compares. */
  readonly fields: readonly string[];
  /** Keys of `--columns`. */
  readonly columns: Readonly<Record<ReportKind, readonly string[]>>;
  /** Keys of `--sort`. */
  readonly sortKeys: Readonly<Record<ReportKind, readonly string[]>>;
}
