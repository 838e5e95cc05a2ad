import { NetstatError } from '../errors.ts';
import { type Diagnosis, type Severity, severities } from '../model/diagnosis.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { steadyNow } from '../model/steady-clock.ts';
import { defaultListing } from '../options/default-listing.ts';
import { checksAsked } from '../pipeline/diagnosis/checks-asked.ts';
import { diagnose as diagnoseWith } from '../pipeline/diagnosis/diagnose.ts';
import { serviceAsked } from '../pipeline/diagnosis/service-asked.ts';
import { lazyResolver } from '../pipeline/name.ts';
import { sourceFor } from '../sources/index.ts';
import { type SocketOptions, socketsAsked } from './options.ts';
import { inOptions, speakingOfOptions, toldInOptions } from './own-words.ts';
import { sleep } from './sleep.ts';
import { answerInTurn, prepared, thisMachine } from './take.ts';

/** What a diagnosis looks at, and for what. Filters narrow the sockets, as those of `snapshot` do. */
export interface DiagnoseOptions
  extends Pick<
    SocketOptions,
    | ('families' | 'procRoot' | 'netns' | 'on' | 'onTimeout' | 'signal' | 'protocols' | 'which')
    | ('state' | 'port' | 'local' | 'remote' | 'pid' | 'program' | 'workload' | 'user')
    | ('exposed' | 'expression')
  > {
  /** Checks, each with what is set behind colons: `'close-wait:count=50'`. Default: all. */
  readonly checks?: readonly string[] | undefined;
  /** Checks that are not to run. */
  readonly ignore?: readonly string[] | undefined;
  /** The least that is told. Default `note`. */
  readonly severity?: Severity | undefined;
  /** An answer from before, of which the story of a service tells who listened then. */
  readonly earlier?: Snapshot | undefined;
}

/**
 * What is wrong on this machine: what `--diagnose --json` prints. Some checks compare two readings, a second
 * apart.
 * @throws NetstatError `usage` for a check that there is not; and as `snapshot`
 */
export async function diagnose(options: DiagnoseOptions = {}): Promise<Diagnosis> {
  const { checks, ignore, severity, earlier, ...sockets } = options;
  const request = {
    checks: words('checks', checks),
    ignore: words('ignore', ignore),
    severity: severityOf(severity),
  };
  const asked = socketsAsked(sockets);
  const running = await speakingOfOptions(() => checksAsked(request));
  return answerInTurn(options.signal, async (pause) => {
    const { signal } = options;
    const { source, query, selection } = await prepared('sockets', asked, pause, signal);
    const { target } = asked;
    const machine = thisMachine(target);
    const resolver = lazyResolver(defaultListing.schedule.resolveTimeout, machine);
    const about = await serviceAsked(
      query.filters,
      query,
      async () => (await resolver()).serviceNumber,
    );
    const openAll = () => sourceFor({ ...machine, ...target, netns: 'all', pause });
    const found = await diagnoseWith(
      {
        ...{ source, query, selection, checks: running, pause, signal },
        ...{ netns: target.netns, severity: request.severity },
        service: about && { asked: about, openAll, earlier },
        elapsed: steadyNow,
        sleep: (milliseconds) => sleep(milliseconds, signal),
      },
      new Date().toISOString(),
    );
    return {
      ...found,
      warnings: found.warnings.map(toldInOptions),
      notRun: found.notRun.map((one) => ({ ...one, reason: inOptions(one.reason) })),
    };
  });
}

function words(name: string, value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
  throw new NetstatError(
    'usage',
    `${name}: expected a list of checks, found ${JSON.stringify(value)}`,
    {
      path: name,
    },
  );
}

function severityOf(value: unknown): Severity {
  if (value === undefined) return 'note';
  if (severities.includes(value as Severity)) return value as Severity;
  throw new NetstatError(
    'usage',
    `severity: expected one of ${severities.join(', ')}, found ${JSON.stringify(value)}`,
    { path: 'severity' },
  );
}
