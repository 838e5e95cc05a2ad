import { isNetstatError, NetstatError } from '../errors.ts';
import { linkedSignal } from '../flow/linked-signal.ts';
import type { Warning } from '../model/report/snapshot.ts';
import type { Machine, Machines } from '../sources/source.ts';

/** The result of asking one machine. */
export type Outcome<T> = { readonly host: string } & (
  | { readonly answer: T }
  | { readonly error: NetstatError }
);

/**
 * Asks machines independently, several at once. `work` gets a signal that aborts its requests.
 * @returns the outcome for each machine, in the given order
 * @throws NetstatError if none answers; with `strict`, if any does not; for an invalid question
 */
export async function askEach<T>(
  { all, atOnce, strict, onAnswer, signal: defaultSignal }: Machines,
  signal: AbortSignal | undefined = defaultSignal,
  work: (machine: Machine, signal: AbortSignal) => Promise<T>,
  /** Without `strict`: do not throw if none answers. */
  mayAllFail = false,
): Promise<readonly Outcome<T>[]> {
  const outcomes: Outcome<T>[] = new Array(all.length);
  const stop = linkedSignal(signal);
  let next = 0;
  let answered = 0;
  const worker = async () => {
    while (next < all.length && !stop.signal.aborted) {
      const at = next++;
      const machine = all[at] as Machine;
      const { name: host } = machine;
      try {
        outcomes[at] = { host, answer: await work(machine, stop.signal) };
      } catch (error) {
        if (!isNetstatError(error) || error.code === 'usage') throw error;
        outcomes[at] = { host, error };
      }
      answered++;
      onAnswer?.(answered, all.length);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, worker));
  } finally {
    stop.end();
  }
  if (strict || !mayAllFail) refuseFailed(outcomes, strict);
  return outcomes;
}

/** A warning for each machine that did not answer. */
export function failureWarnings(outcomes: readonly Outcome<unknown>[]): readonly Warning[] {
  return outcomes.flatMap((one): Warning[] => {
    if (!('error' in one)) return [];
    const { host, error } = one;
    return [{ code: 'host-failed', message: error.summary, source: host, host }];
  });
}

function refuseFailed(outcomes: readonly Outcome<unknown>[], strict: boolean): void {
  const failed = outcomes.flatMap((one) => ('error' in one ? [one] : []));
  const [first] = failed;
  if (first === undefined) return;
  if (outcomes.length === 1) throw first.error;
  if (failed.length === outcomes.length) throw noneAnswered(failed);
  if (strict) throw new NetstatError('unreadable', `--strict: ${reasons(failed)}`);
}

/** A machine that did not answer. */
export interface Failed {
  readonly host: string;
  readonly error: NetstatError;
}

const reasons = (failed: readonly Failed[]) => failed.map(({ error }) => error.summary).join('; ');

/** The error if no machine answered, with each one's reason. */
export function noneAnswered(failed: readonly Failed[]): NetstatError {
  return new NetstatError(
    'unreadable',
    `none of ${failed.length} machines answered: ${reasons(failed)}`,
    { path: failed[0]?.host ?? '' },
  );
}
