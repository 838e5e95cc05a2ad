import { isNetstatError, NetstatError } from '../errors.ts';
import { linkedSignal } from '../model/linked-signal.ts';
import type { Warning } from '../model/snapshot.ts';
import type { Machine, Machines } from '../sources/source.ts';

/** What became of one machine's question. */
export type Outcome<T> = { readonly host: string } & (
  | { readonly answer: T }
  | { readonly error: NetstatError }
);

/**
 * Asks machines, each by itself, some at once. `work` gets a signal that ends what is under way there.
 * @returns what became of each, in their order
 * @throws NetstatError where none answers; with `strict` where one does not; what is asked wrongly
 */
export async function askEach<T>(
  { all, atOnce, strict, onAnswer, signal: usual }: Machines,
  signal: AbortSignal | undefined = usual,
  work: (machine: Machine, signal: AbortSignal) => Promise<T>,
  /** Without `strict`, it is an answer too that none answers. */
  mayAllFail = false,
): Promise<readonly Outcome<T>[]> {
  const outcomes: Outcome<T>[] = new Array(all.length);
  const stop = linkedSignal(signal);
  let next = 0;
  let answered = 0;
  const worker = async () => {
    while (next < all.length) {
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

/** A warning for each machine that gave no answer. */
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

/** A machine that gave no answer. */
export interface Failed {
  readonly host: string;
  readonly error: NetstatError;
}

const reasons = (failed: readonly Failed[]) => failed.map(({ error }) => error.summary).join('; ');

/** The error of an answer that lacks all machines, of which nobody has told why. */
export function noneAnswered(failed: readonly Failed[]): NetstatError {
  return new NetstatError(
    'unreadable',
    `none of ${failed.length} machines answered: ${reasons(failed)}`,
    { path: failed[0]?.host ?? '' },
  );
}
