import type { SaveTo } from './asked.ts';

/**
 * How metrics are written. `prometheus`: the classic text format, which node_exporter's textfile collector reads.
 * `openmetrics`: OpenMetrics 1.0.
 */
export const metricFormats = ['prometheus', 'openmetrics'] as const;

/** A format of metrics. */
export type MetricFormat = (typeof metricFormats)[number];

/** The parts that metrics consist of. */
export const metricParts = ['sockets', 'statistics', 'interfaces'] as const;

export type MetricPart = (typeof metricParts)[number];

/** What to measure, and the limits of cardinality. */
export interface MetricsAsked {
  /** In the order of `metricParts`. */
  readonly parts: readonly MetricPart[];
  /** The parts were named explicitly: if one cannot be read, there is no answer. */
  readonly partsNamed: boolean;
  /**
   * How many values of a label get a series of their own, where others control the values; the rest count as
   * `other`.
   */
  readonly top: number;
  /** Ports and services, as `--port` takes them, whose connections are counted by remote port. */
  readonly remotePorts: readonly string[];
}

/** What `--format prometheus` and `--format openmetrics` ask for. */
export interface MetricsRequest extends MetricsAsked {
  readonly format: MetricFormat;
  /** null: standard output. */
  readonly save: SaveTo | null;
}

/** The default of `--metrics-top`. */
export const defaultTop = 20;

/** The highest value that it accepts. */
export const highestTop = 1000;
