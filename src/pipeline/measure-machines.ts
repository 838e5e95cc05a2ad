import { collector } from '../analysis/metrics/collector.ts';
import { definitions } from '../analysis/metrics/definitions.ts';
import { type Exposition, joinedFamilies } from '../model/report/metric.ts';
import { failuresOfMachine } from '../model/report/warning-codes.ts';
import type { Machine, Machines, Source } from '../sources/source.ts';
import { askEach, failureWarnings } from './ask-each.ts';

/** The label that names the machine. */
const hostLabel = 'host';

/** How to measure machines. */
export interface MeasuringOptions {
  /** Aborts requests to them. */
  readonly signal?: AbortSignal | undefined;
  /** The version of this program. */
  readonly version: string;
  /** Do not throw if none answers. */
  readonly mayAllFail?: boolean | undefined;
}

/**
 * Measures machines independently: the label `host` of every series names its machine, and `tsnetstat_host_up` says
 * which ones answered.
 * @throws NetstatError if none answers, unless allowed; with `strict`, if any does not
 */
export async function measureMachines(
  machines: Machines,
  { signal, version, mayAllFail }: MeasuringOptions,
  measure: (source: Source) => Promise<Exposition>,
): Promise<Exposition> {
  const ask = ({ open }: Machine, signal: AbortSignal) => measure(open(signal));
  const outcomes = await askEach(machines, signal, ask, mayAllFail);
  const answered = outcomes.flatMap((one) => ('answer' in one ? [one] : []));
  const families = joinedFamilies(hostLabel, [
    ...answered.map(({ host, answer }) => ({
      value: host,
      families: answer.families.filter(({ name }) => name !== definitions.build.name),
    })),
    ...outcomes.map(({ host, ...outcome }) => {
      const into = collector();
      const failed = 'answer' in outcome ? 0 : 1;
      for (const code of failuresOfMachine) into.add(definitions.readingWarnings, { code }, failed);
      return { value: host, families: into.families() };
    }),
  ]);
  const own = collector();
  for (const { host, ...outcome } of outcomes) {
    own.add(definitions.hostUp, { [hostLabel]: host }, 'answer' in outcome ? 1 : 0);
  }
  own.add(definitions.build, { version }, 1);
  return {
    families: [...families, ...own.families()],
    noneAnswered: answered.length === 0,
    warnings: [...failureWarnings(outcomes), ...answered.flatMap(({ answer }) => answer.warnings)],
  };
}
