import type { SaveTo } from './asked.ts';
import type { Warning } from './snapshot.ts';

/**
 * How metrics are written. `prometheus`: the classic text format, which node_exporter's textfile collector takes.
 * `openmetrics`: OpenMetrics 1.0.
 */
export const metricFormats = ['prometheus', 'openmetrics'] as const;

/** One of them. */
export type MetricFormat = (typeof metricFormats)[number];

/** What metrics are told of. */
export const metricParts = ['sockets', 'statistics', 'interfaces'] as const;

/** One of them. */
export type MetricPart = (typeof metricParts)[number];

/** Labels by their names, in the order they are written in. An empty value is as good as none. */
export type Labels = Readonly<Record<string, string>>;

/** One value of a family. */
export interface Sample {
  readonly labels: Labels;
  /** A bigint where it has 64 bits: every digit is written. */
  readonly value: number | bigint;
}

/** How values are spread: how many are at most as large as each bound. */
export interface Distribution {
  readonly labels: Labels;
  /** Rising. The last one, which has no bound, is not among them: it is `count`. */
  readonly buckets: readonly { readonly bound: number; readonly count: number }[];
  readonly count: number;
  readonly sum: number;
}

interface FamilyHead {
  /** In snake_case, with its unit at the end, without what a format adds (`_total`, `_info`, `_bucket`). */
  readonly name: string;
  /** One sentence. */
  readonly help: string;
  /** What its name ends with: a base unit; null: it counts things. */
  readonly unit: 'bytes' | 'seconds' | 'ratio' | null;
}

/** Metrics of one name. A counter only grows; `info` tells by its labels, and is 1. */
export type MetricFamily = FamilyHead &
  (
    | { readonly type: 'gauge' | 'counter' | 'info'; readonly samples: readonly Sample[] }
    | { readonly type: 'histogram'; readonly samples: readonly Distribution[] }
  );

/** Everything that one look gave, and what is missing from it. */
export interface Exposition {
  readonly families: readonly MetricFamily[];
  readonly warnings: readonly Warning[];
  /** Other machines were asked, and all that is told is that none answered. */
  readonly noneAnswered?: boolean;
}

/** What bounds the metrics, and what is in them. */
export interface MetricsAsked {
  /** In the order of `metricParts`. */
  readonly parts: readonly MetricPart[];
  /** They were named one by one: where one cannot be read, there is no answer. */
  readonly partsNamed: boolean;
  /** So many values of a label are told, where others choose them; the rest is one, `other`. */
  readonly top: number;
  /** Ports and services as `--port` takes them, whose connections are counted by remote port. */
  readonly remotePorts: readonly string[];
}

/** `--format prometheus` and its like. */
export interface MetricsRequest extends MetricsAsked {
  readonly format: MetricFormat;
  /** null: standard output. */
  readonly save: SaveTo | null;
}

/** `--metrics-top` where nothing is said. */
export const defaultTop = 20;

/** What stands for all values of a label that are not told. */
export const otherLabel = 'other';

/**
 * The families of several machines, each sample with the label that tells them apart. Families of one name become
 * one.
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
