import type { ReportKind } from '../model/report/snapshot.ts';

/**
 * The words that values may consist of. They come from rooms that options may not import, so the caller passes them
 * in.
 */
export interface Vocabulary {
  /** The states that filters accept. */
  readonly states: readonly string[];
  /** The states as netstat prints them, which filters accept too. */
  readonly shownStates: readonly string[];
  /** Names for several states at once, and their members. */
  readonly stateGroups: Readonly<Record<string, readonly string[]>>;
  /** The states that `--explain` describes. */
  readonly explainedStates: readonly string[];
  /** The headers of columns, which it describes too, each as one word. */
  readonly explainedColumns: readonly string[];
  /** The checks of `--diagnose`. */
  readonly checks: readonly CheckWords[];
  /** What is true of several of them: full sentences. */
  readonly checkFacts: readonly string[];
  /** The word for all checks. */
  readonly everyCheck: string;
  /** The fields of expressions, by ss's name if there is one, else by key. */
  readonly fields: readonly string[];
  /** The keys of `--columns`. */
  readonly columns: Readonly<Record<ReportKind, readonly string[]>>;
  /** The keys of `--sort`. */
  readonly sortKeys: Readonly<Record<ReportKind, readonly string[]>>;
  /** The attributes of each report. */
  readonly attributes: Readonly<Record<ReportKind, readonly AttributeWords[]>>;
}

/** A description of an attribute. In texts, what to type is in backticks. */
export interface AttributeWords {
  readonly key: string;
  readonly aliases: readonly string[];
  /** Full sentences. */
  readonly meaning: string;
  /** The unit of its number; null: it is not a number, or a plain count. */
  readonly unit: string | null;
  /** What an expression compares it with; null: not comparable. */
  readonly values: string | null;
}

/** A description of a check. In texts, what to type is in backticks. */
export interface CheckWords {
  readonly name: string;
  /** What it finds and what follows from it: full sentences. */
  readonly intro: string;
  /** What it reports and what it does not, and what to do: full sentences, each under a label. */
  readonly parts: readonly (readonly [label: string, text: string])[];
  /** Its settings. */
  readonly thresholds: readonly {
    readonly name: string;
    readonly value: number;
    /** Its name and value, with the unit. */
    readonly term: string;
    /** A phrase. */
    readonly meaning: string;
  }[];
}
