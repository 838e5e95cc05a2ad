import type { Warning } from './snapshot.ts';

/** Labels by name, in output order. An empty value is equivalent to no label. */
export type Labels = Readonly<Record<string, string>>;

/** One value of a metric family. */
export interface Sample {
  readonly labels: Labels;
  /** A bigint if it has 64 bits, so that every digit is written. */
  readonly value: number | bigint;
}

/** A histogram: how many values are at most as large as each bound. */
export interface Distribution {
  readonly labels: Labels;
  /** In ascending order, without the last bucket, which has no bound: its count is `count`. */
  readonly buckets: readonly { readonly bound: number; readonly count: number }[];
  readonly count: number;
  readonly sum: number;
}

interface FamilyHead {
  /** In snake_case, ending with its unit, without suffixes that a format adds (`_total`, `_info`, `_bucket`). */
  readonly name: string;
  /** One sentence. */
  readonly help: string;
  /** The base unit that its name ends with; null: it counts things. */
  readonly unit: 'bytes' | 'seconds' | 'ratio' | null;
}

/** Metrics of one name. A counter only grows; `info` carries its data in labels and has the value 1. */
export type MetricFamily = FamilyHead &
  (
    | { readonly type: 'gauge' | 'counter' | 'info'; readonly samples: readonly Sample[] }
    | { readonly type: 'histogram'; readonly samples: readonly Distribution[] }
  );

/** All metrics of one reading, and what is missing from them. */
export interface Exposition {
  readonly families: readonly MetricFamily[];
  readonly warnings: readonly Warning[];
  /** Other machines were asked and none answered; the families say nothing else. */
  readonly noneAnswered?: boolean;
}

/** The label value that stands for all values without a series of their own. */
export const otherLabel = 'other';

/**
 * Joins the families of several machines; each sample gets a label that distinguishes them. Families of the same name
 * become one.
 */
export function joinedFamilies(
  label: string,
  parts: readonly { readonly value: string; readonly families: readonly MetricFamily[] }[],
): readonly MetricFamily[] {
  const joined = new Map<string, MetricFamily>();
  for (const { value, families } of parts) {
    for (const family of families) {
      const known = joined.get(family.name)?.samples ?? [];
      const own = family.samples.map((sample) => ({
        ...sample,
        labels: { ...sample.labels, [label]: value },
      }));
      joined.set(family.name, { ...family, samples: [...known, ...own] } as MetricFamily);
    }
  }
  return [...joined.values()];
}
