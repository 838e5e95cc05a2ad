import { collector } from '../analysis/metrics/collector.ts';
import { definitions } from '../analysis/metrics/definitions.ts';
import { type Exposition, joinedFamilies } from '../model/metric.ts';
import type { Warning } from '../model/snapshot.ts';
import type { Machine, Machines, Source } from '../sources/source.ts';
import { askEach, failureWarnings } from './ask-each.ts';

type Code = Warning['code'];

/** The label of machines. */
const hostLabel = 'host';

/** How machines are measured. */
export interface MachinesAsked {
  /** Ends what is under way on them. */
  readonly signal?: AbortSignal | undefined;
  /** This program's own. */
  readonly version: string;
  /** Where none answers, that is the answer. */
  readonly mayAllFail?: boolean | undefined;
}

/**
 * Measures machines, each by itself: every series says by the label `host` of which it is, and `tsnetstat_host_up`
 * which answered.
 * @throws NetstatError where none answers, unless that may be; with `strict` where one does not
 */
export async function measureMachines(
  machines: Machines,
  { signal, version, mayAllFail }: MachinesAsked,
  measure: (source: Source) => Promise<Exposition>,
): Promise<Exposition> {
  const ask = ({ open }: Machine, signal: AbortSignal) => measure(open(signal));
  const outcomes = await askEach(machines, signal, ask, mayAllFail);
  const told = outcomes.flatMap((one) => ('answer' in one ? [one] : []));
  const families = joinedFamilies(hostLabel, [
    ...told.map(({ host, answer }) => ({
      value: host,
      families: answer.families.filter(({ name }) => name !== definitions.build.name),
    })),
    ...outcomes.map(({ host, ...outcome }) => {
      const into = collector();
      const failed = 'answer' in outcome ? 0 : 1;
      into.add(definitions.readingWarnings, { code: 'host-failed' satisfies Code }, failed);
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
    noneAnswered: told.length === 0,
    warnings: [...failureWarnings(outcomes), ...told.flatMap(({ answer }) => answer.warnings)],
  };
}
