import { exitCode } from '../../errors.ts';
import type { Host } from '../../host.ts';
import type { Row, Warning } from '../../model/report/snapshot.ts';
import type { Wait } from '../../model/request/listing.ts';
import type { OpenRound } from '../../pipeline/pipeline.ts';
import type { Beginning } from '../../pipeline/rounds.ts';
import type { Sought } from '../../pipeline/sought.ts';
import { type Look, lookAgain, unseenIn, waitFor } from '../../pipeline/wait.ts';
import type { Batches } from '../../sources/source.ts';
import { complain } from '../complain.ts';
import { type WarningReporter, warningReporter } from '../warnings.ts';

/** --wait with -q: only the exit code answers. */
export async function waitQuietly(
  wait: Wait,
  look: () => Promise<Look>,
  host: Host,
): Promise<number> {
  const { report } = warningReporter(host, { verbose: false });
  const { outcome, last } = await waitFor(wait, look, host, report);
  if (outcome === 'unknown') for (const { message } of last.unseen) complain(host, message);
  return codes[outcome];
}

const codes = { met: exitCode.done, late: exitCode.noMatch, unknown: exitCode.trouble } as const;

/** Writes a round once it is open, and reports its warnings, even if it fails; null: it failed, and others may come. */
export type Show = (
  round: OpenRound | Promise<OpenRound>,
  beginning: Beginning,
  warnings: Warning[],
) => Promise<readonly Row[] | null>;

/** The functions that show a listing. */
interface Showing {
  /** Begins a round; warnings about it are added to `warnings`. */
  begin(warnings: Warning[]): Promise<OpenRound>;
  readonly show: Show;
  readonly reporter: WarningReporter;
  readonly sought: Sought;
  /** As in `lookAgain`. */
  readonly mayAnswerLater: boolean;
}

/** --wait: shows the rows that ended it; for --wait-gone that is an empty listing. */
export async function waitAndShow(
  wait: Wait,
  { begin, show, reporter, sought, mayAnswerLater }: Showing,
  host: Host,
): Promise<number> {
  const look = async () => {
    const warnings: Warning[] = [];
    const takenAt = new Date().toISOString();
    return lookAgain(mayAnswerLater, warnings, async () => {
      const round = await begin(warnings);
      const { first, batches, leave } = await peek(round.batches);
      const isThere = first !== null;
      if (isThere && wait.for === 'gone') await leave();
      return {
        isThere,
        unseen: unseenIn(warnings, sought),
        round,
        batches,
        warnings,
        takenAt,
      };
    });
  };
  const waited = await waitFor(wait, look, host, reporter.report);
  const { outcome, last } = waited;
  if (outcome === 'met' && 'round' in last) {
    const { round, batches, warnings, takenAt } = last;
    await show({ ...round, batches }, { takenAt, previous: null }, warnings);
  } else if (outcome === 'unknown') {
    for (const { message } of last.unseen) complain(host, message);
  } else if (outcome === 'late') {
    complain(host, lateText(wait.for, waited.after));
  }
  return codes[outcome];
}

/** The message if the time, in milliseconds, is over. */
export function lateText(wanted: Wait['for'], after: number): string {
  const time = `${after / 1000} s`;
  return wanted === 'there' ? `nothing matched within ${time}` : `still there after ${time}`;
}

/** Reads the first batch (null: there is none), and returns all of them, it included. */
async function peek(batches: Batches<Row>) {
  const reading = batches[Symbol.asyncIterator]();
  const begun = await reading.next();
  async function* all(): Batches<Row> {
    if (begun.done) return;
    yield begun.value;
    yield* { [Symbol.asyncIterator]: () => reading };
  }
  return {
    first: begun.done ? null : begun.value,
    batches: all(),
    leave: async () => {
      await reading.return?.();
    },
  };
}
