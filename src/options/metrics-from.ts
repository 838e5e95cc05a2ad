import type { Listing } from '../model/request/listing.ts';
import {
  defaultTop,
  highestTop,
  type MetricFormat,
  type MetricPart,
  type MetricsAsked,
  type MetricsRequest,
  metricParts,
} from '../model/request/metrics.ts';
import type { GivenFlags } from './given-flags.ts';
import { listingOfAll } from './listing-from.ts';
import { type Refused, refuse, refuseAlone } from './refusals.ts';
import { saveTo } from './saving.ts';
import { shownValue, usageError } from './usage.ts';

const noRows = 'metrics are counts, not rows';
const oneLook = 'it prints the current values once; each scrape reads again';

/** Flags that metrics refuse, and why. */
export const notMeasured: Refused = [
  ['json', 'give one of them'],
  ['route', 'no metric is about routes; -s and -i have some'],
  ['groups', 'no metric is about groups; -s and -i have some'],
  ['columns', noRows],
  ['sort', noRows],
  ['no-header', noRows],
  ['pids', noRows],
  ['peers', 'no metric covers the other end'],
  ['exposure', 'no metric covers it'],
  ['quiet', 'there is always output'],
  ['continuous', oneLook],
  ['interval', oneLook],
  ['wait', oneLook],
  ['wait-gone', oneLook],
  ['follow', oneLook],
  ['live', 'it draws a screen'],
  ['diff', 'compare metrics in the monitoring system'],
  ['ignore', 'it requires --diff or --diagnose'],
  ['diagnose', 'findings are not metrics'],
  ['severity', 'it requires --diagnose'],
];

/** The listing and request for metrics in a format. @throws NetstatError `usage` */
export function metricsFrom(
  flags: GivenFlags,
  format: MetricFormat,
): { readonly listing: Listing; readonly request: MetricsRequest } {
  refuse(flags, `--format ${format}`, notMeasured);
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
  const formatless: GivenFlags = {
    ...flags,
    has: (name) => name !== 'format' && flags.has(name),
    value: (name) => (name === 'format' ? null : flags.value(name)),
  };
  return listingOfAll(formatless);
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
