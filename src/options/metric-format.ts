import { type MetricFormat, metricFormats } from '../model/request/metrics.ts';
import { choiceOf, type GivenFlags } from './given-flags.ts';

/** The metrics format asked for; null: none, a listing is asked for. */
export function metricFormatOf(flags: GivenFlags): MetricFormat | null {
  const format = choiceOf(flags, 'format');
  return metricFormats.find((one) => one === format) ?? null;
}
