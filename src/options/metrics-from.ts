import type { Listing } from '../model/request/listing.ts';
import {
  defaultTop,
  highestTop,
  type MetricFormat,
  type MetricPart,
  type MetricsAsked,
  type MetricsRequest,
  metricFormats,
  metricParts,
} from '../model/request/metrics.ts';
import { choiceOf, type GivenFlags, withoutFlag } from './given-flags.ts';
import { listingOfAll } from './listing-from.ts';
import { refuse, refuseAlone, refusedBy } from './refusals.ts';
import { saveTo } from './saving.ts';
import { shownValue, usageError } from './usage.ts';

/** The metrics format asked for; null: none, a listing is asked for. */
export function metricFormatOf(flags: GivenFlags): MetricFormat | null {
  const format = choiceOf(flags, 'format');
  return metricFormats.find((one) => one === format) ?? null;
}

/** The listing and request for metrics in a format. @throws NetstatError `usage` */
export function metricsFrom(
  flags: GivenFlags,
  format: MetricFormat,
): { readonly listing: Listing; readonly request: MetricsRequest } {
  refuse(flags, `--format ${format}`, refusedBy.metrics);
  return {
    listing: measuredListing(flags),
    request: { ...metricsAsked(flags), format, save: saveTo(flags) },
  };
}

/** Refuses flags that require metrics. @throws NetstatError `usage` */
export function refuseWithoutMetrics(flags: GivenFlags): void {
  const required = '--format prometheus or openmetrics, or --serve';
  refuseAlone(flags, ['metrics-top', 'metrics-remote'], required);
}

/** The listing whose sockets are counted. @throws NetstatError `usage` */
export function measuredListing(flags: GivenFlags): Listing {
  // No row is shown, so the format does not matter.
  return listingOfAll(withoutFlag(flags, 'format'));
}

/** What is measured, and its limits. @throws NetstatError `usage` */
export function metricsAsked(flags: GivenFlags): MetricsAsked {
  const named = (['statistics', 'interfaces'] as const).filter((report) => flags.has(report));
  const parts: readonly MetricPart[] = named.length > 0 ? named : metricParts;
  const partsNamed = named.length > 0;
  return { parts, partsNamed, top: topOf(flags), remotePorts: flags.values('metrics-remote') };
}

function topOf(flags: GivenFlags): number {
  const text = flags.value('metrics-top');
  if (text === null) return defaultTop;
  const top = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (top >= 1 && top <= highestTop) return top;
  throw usageError(`--metrics-top ${shownValue(text)}: expected a number from 1 to ${highestTop}`);
}
