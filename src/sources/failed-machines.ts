import { NetstatError, reworded } from '../errors.ts';
import { aboutMachine } from '../model/machine/place.ts';
import { type Warning, warningOf } from '../model/report/snapshot.ts';

/** A machine that did not answer. */
export interface FailedMachine {
  readonly host: string;
  readonly error: NetstatError;
}

/** How an answer of several machines depends on each of them. */
interface Asked {
  /** How many were asked. */
  readonly count: number;
  /** There is no answer if any of them fails. */
  readonly strict: boolean;
  /** Whether warnings have said why each failed; otherwise the error does. */
  readonly isTold: boolean;
}

/** The error for an answer without the failed machines; null: the answer is valid without them. */
export function failureOf(
  failed: readonly FailedMachine[],
  { count, strict, isTold }: Asked,
): NetstatError | null {
  const [first] = failed;
  if (first === undefined) return null;
  const { host, error } = first;
  const { code, path, summary } = error;
  if (count === 1) return reworded(error, aboutMachine(host, summary), { path: path ?? host });
  if (failed.length === count) {
    const why = isTold ? '' : `: ${reasons(failed)}`;
    // If asking again cannot help any of them, it cannot help.
    const lasting = failed.every(({ error }) => error.code !== 'unreadable') ? code : 'unreadable';
    return new NetstatError(lasting, `none of ${count} machines answered${why}`, { path: host });
  }
  if (!strict) return null;
  const which = isTold ? failed.map((one) => one.host).join(', ') : reasons(failed);
  return new NetstatError(
    'unreadable',
    `--strict: ${failed.length} of ${count} machines did not answer: ${which}`,
    { path: host },
  );
}

function reasons(failed: readonly FailedMachine[]): string {
  return failed.map(({ host, error }) => aboutMachine(host, error.summary)).join('; ');
}

/** The warning for a machine that did not answer. */
export function failureWarning({ host, error }: FailedMachine): Warning {
  return warningOf(host, { code: 'host-failed', message: error.summary, source: host });
}
