import { type MetricFormat, metricFormats } from '../model/metric.ts';
import type { GivenFlags } from './given-flags.ts';

/** The format of metrics that is asked for; null: a listing is. */
export function metricFormatOf(flags: GivenFlags): MetricFormat | null {
  const format = flags.value('format');
  return metricFormats.find((one) => one === format) ?? null;
}
