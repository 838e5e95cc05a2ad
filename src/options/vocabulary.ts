import type { ReportKind } from '../model/snapshot.ts';

/**
 * Words that values may be made of. They belong to other rooms, which options may not import, so the
 * caller passes them in.
 */
export interface Vocabulary {
  /** States that a filter names. */
  readonly states: readonly string[];
  /** States as netstat prints them: a filter takes these too. */
  readonly shownStates: readonly string[];
  /** Names for several states at once, and which. */
  readonly stateGroups: Readonly<Record<string, readonly string[]>>;
  /** States that `--explain` has a text for. */
  readonly explainedStates: readonly string[];
  /** What `--diagnose` looks for. */
  readonly checks: readonly CheckWords[];
  /** What stands for all of them. */
  readonly everyCheck: string;
  /** What an expression compares, each by the word that ss has for it, else by its key. */
  readonly fields: readonly string[];
  /** Keys of `--columns`. */
  readonly columns: Readonly<Record<ReportKind, readonly string[]>>;
  /** Keys of `--sort`. */
  readonly sortKeys: Readonly<Record<ReportKind, readonly string[]>>;
  /** What is told of each row. */
  readonly attributes: Readonly<Record<ReportKind, readonly AttributeWords[]>>;
}

/** An attribute in words. In texts what is to be typed stands between backticks. */
export interface AttributeWords {
  readonly key: string;
  readonly aliases: readonly string[];
  /** Whole sentences. */
  readonly meaning: string;
  /** What its number counts; null: it is none, or nothing but itself. */
  readonly unit: string | null;
  /** What an expression compares it with; null: it does not. */
  readonly values: string | null;
}

/** A check in words. In texts what is to be typed stands between backticks. */
export interface CheckWords {
  readonly name: string;
  /** One line, no full stop. */
  readonly summary: string;
  /** Whole sentences. */
  readonly details: string;
  /** What can be set of it. */
  readonly thresholds: readonly {
    readonly name: string;
    readonly value: number;
    readonly unit: string | null;
    readonly meaning: string;
  }[];
}
