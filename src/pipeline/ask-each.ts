import { isNetstatError, type NetstatError } from '../errors.ts';
import { linkedSignal } from '../flow/linked-signal.ts';
import type { Warning } from '../model/report/snapshot.ts';
import { failureOf, failureWarning } from '../sources/failed-machines.ts';
import type { Machine, Machines } from '../sources/source.ts';

/** The result of asking one machine. */
export type Outcome<T> = { readonly host: string } & (
  | { readonly answer: T }
  | { readonly error: NetstatError }
);

/**
 * Works on machines independently, several at once: a source's turn ends with an answer, but the work keeps its rows
 * until it is done. `work` gets a signal that aborts its requests.
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
  if (mayAllFail && !strict) return outcomes;
  const failed = outcomes.flatMap((one) => ('error' in one ? [one] : []));
  const failure = failureOf(failed, { count: outcomes.length, strict, isTold: false });
  if (failure !== null) throw failure;
  return outcomes;
}

/** A warning for each machine that did not answer. */
export function failureWarnings(outcomes: readonly Outcome<unknown>[]): readonly Warning[] {
  return outcomes.flatMap((one) => ('error' in one ? [failureWarning(one)] : []));
}
