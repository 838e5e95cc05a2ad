import { steadyNow } from '../flow/steady-clock.ts';
import {
  defaultTop,
  highestTop,
  type MetricFormat,
  metricFormats,
  metricParts,
} from '../model/request/metrics.ts';
import { defaultListing } from '../options/default-listing.ts';
import { measuring } from '../pipeline/measure.ts';
import { version } from '../version.ts';
import { metricsText } from '../views/metrics/text.ts';
import { type Choice, checkedCopy, choiceKinds, type Kind, oneOf, socketsOf } from './options.ts';
import { answerInTurn, resolverFor, sourceAt } from './take.ts';

/** What is measured, and its format. Filters choose the sockets that count, as they do for `snapshot`. */
export interface MetricsOptions extends Choice {
  /** Default `prometheus`: the classic text format. */
  readonly format?: MetricFormat | undefined;
  /** How many programs, ports, … get a series of their own, 1 to 1000; the rest count as `other`. Default 20. */
  readonly top?: number | undefined;
  /** Remote ports by which connections are counted: 5432, 'https', '8000-8100'. Default none. */
  readonly remotePorts?: readonly (string | number)[] | undefined;
}

const kinds = {
  ...choiceKinds,
  format: oneOf(metricFormats),
  top: {
    expected: `a number from 1 to ${highestTop}`,
    allows: (value) =>
      Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= highestTop,
  },
  remotePorts: {
    expected: 'a list of ports',
    allows: (value) =>
      Array.isArray(value) &&
      value.every((one) => typeof one === 'string' || Number.isSafeInteger(one)),
  },
} satisfies Record<keyof MetricsOptions, Kind>;

/**
 * Current metrics of this machine, or of those in `on`: what `--format prometheus` prints.
 * `tsnetstat_reading_errors` and `tsnetstat_reading_warnings` count what could not be read.
 * @throws NetstatError `usage` for an invalid option; and as `snapshot`
 */
export async function metrics(options: MetricsOptions = {}): Promise<string> {
  const given = checkedCopy(options, kinds);
  const { format = 'prometheus', top = defaultTop, remotePorts = [], ...sockets } = given;
  const asked = socketsOf(sockets);
  const { query, target, signal } = asked;
  return answerInTurn(asked, async (pause) => {
    const source = await sourceAt(target, { pause, signal });
    const measure = await measuring(
      { ...defaultListing, query: { ...query, report: 'sockets' }, target },
      { parts: metricParts, partsNamed: false, top, remotePorts: remotePorts.map(String) },
      {
        ...{ source, pause, signal, version },
        resolver: resolverFor(target),
        elapsed: steadyNow,
      },
    );
    const { families } = await measure();
    return [...metricsText(families, format)].join('');
  });
}
