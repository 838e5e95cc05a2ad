import { steadyNow } from '../flow/steady-clock.ts';
import { type Diagnosis, type Severity, severities } from '../model/report/diagnosis.ts';
import type { Snapshot } from '../model/report/snapshot.ts';
import { checksAsked } from '../pipeline/diagnosis/checks-asked.ts';
import { diagnose as diagnoseWith } from '../pipeline/diagnosis/diagnose.ts';
import { serviceAsked } from '../pipeline/diagnosis/service-asked.ts';
import { isAnswerOf } from './diff.ts';
import { type Choice, checkedCopy, choiceKinds, type Kind, oneOf, socketsOf } from './options.ts';
import { inOptions, speakingOfOptions, wordedInOptions } from './own-words.ts';
import { sleep } from './sleep.ts';
import { answerInTurn, prepared, sourceAt } from './take.ts';

/** What `diagnose` checks. Filters narrow the sockets, as they do for `snapshot`. */
export interface DiagnoseOptions extends Choice {
  /** Checks to run, each with its settings after colons: `'close-wait:count=50'`. Default: all. */
  readonly checks?: readonly string[] | undefined;
  /** Checks not to run. */
  readonly ignore?: readonly string[] | undefined;
  /** The lowest severity to report. Default `note`. */
  readonly severity?: Severity | undefined;
  /** An earlier snapshot; a service's diagnosis takes from it who listened then. */
  readonly earlier?: Snapshot | undefined;
}

const isListOfChecks = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

const kinds = {
  ...choiceKinds,
  // That none of no checks has found anything would say nothing.
  checks: {
    expected: 'a list of checks that is not empty',
    allows: (value) => isListOfChecks(value) && value.length > 0,
  },
  ignore: { expected: 'a list of checks', allows: isListOfChecks },
  severity: oneOf(severities),
  earlier: {
    expected: 'an answer of snapshot()',
    allows: (value) => isAnswerOf('sockets', value),
  },
} satisfies Record<keyof DiagnoseOptions, Kind>;

/**
 * Diagnoses this machine: what `--diagnose --json` prints. Some checks compare two readings, one second apart.
 * @throws NetstatError `usage` for an unknown check; and as `snapshot`
 */
export async function diagnose(options: DiagnoseOptions = {}): Promise<Diagnosis> {
  const {
    checks = [],
    ignore = [],
    severity = 'note',
    earlier,
    ...sockets
  } = checkedCopy(options, kinds);
  const request = { checks, ignore, severity };
  const asked = socketsOf(sockets);
  const { target, signal } = asked;
  const running = await speakingOfOptions(() => checksAsked(request));
  return answerInTurn(asked, async (pause, aside) => {
    const { source, resolver, query, selection } = await prepared('sockets', asked, pause, signal);
    const about = await serviceAsked(query, resolver);
    const openAll = () => sourceAt({ ...target, netns: 'all' }, { pause });
    const found = await diagnoseWith(
      {
        ...{ source, query, selection, checks: running, pause, signal },
        ...{ netns: target.netns, severity: request.severity },
        service: about && { asked: about, openAll, earlier },
        elapsed: steadyNow,
        sleep: (milliseconds) => aside(() => sleep(milliseconds, signal)),
      },
      new Date().toISOString(),
    );
    return {
      ...found,
      warnings: found.warnings.map(wordedInOptions),
      notRun: found.notRun.map((one) => ({ ...one, reason: inOptions(one.reason) })),
    };
  });
}
