import { type MetricFormat, metricFormats } from '../model/request/metrics.ts';
import type { GivenFlags } from './given-flags.ts';

/** The metrics format asked for; null: none, a listing is asked for. */
export function metricFormatOf(flags: GivenFlags): MetricFormat | null {
  const format = flags.value('format');
  return metricFormats.find((one) => one === format) ?? null;
}
