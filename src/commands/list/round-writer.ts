import { isNetstatError } from '../../errors.ts';
import { deferFailure } from '../../flow/defer-failure.ts';
import type { Host } from '../../host.ts';
import { allZero, type Counter } from '../../model/machine/counter.ts';
import type { Row, Warning } from '../../model/report/snapshot.ts';
import type { SavedQuestion } from '../../model/request/asked.ts';
import type { Listing } from '../../model/request/listing.ts';
import type { Query } from '../../model/request/query.ts';
import type { OpenRound, Pipeline } from '../../pipeline/pipeline.ts';
import type { Beginning } from '../../pipeline/rounds.ts';
import type { Batches, Source } from '../../sources/source.ts';
import { timeOfDay } from '../../text/time-of-day.ts';
import type { Paint } from '../../views/text/paint.ts';
import type { TextView } from '../../views/text/text-view.ts';
import { leftOutText } from '../hints.ts';
import { paintFor } from '../paint.ts';
import type { WarningReporter } from '../warnings.ts';

/** Writes a round to standard output, and returns the rows that the next one is compared with. */
export type RoundWriter = (
  round: OpenRound,
  beginning: Beginning,
  warnings: Warning[],
) => Promise<readonly Row[]>;

/** Hints about what else could be shown. */
interface Hinting extends Pick<WarningReporter, 'hint'> {
  /** Call it if nothing was found; null: there is nowhere else to look. */
  readonly hintElsewhere: (() => Promise<void>) | null;
}

/** What rounds are written from. */
interface Written extends Pick<Pipeline, 'query'> {
  readonly shown: TextView;
  readonly source: Pick<Source, 'platform' | 'facts' | 'machines'>;
  /** The question, to be written with the answer. */
  readonly asked: SavedQuestion | undefined;
}

/** Returns what writes the rounds of a listing. */
export async function roundWriter(
  { view, schedule }: Listing,
  { shown, query, source: { platform, facts, machines }, asked }: Written,
  { stdout, env, debug }: Host,
  { hint, hintElsewhere }: Hinting,
): Promise<RoundWriter> {
  const paint = await paintFor(view, { env, stdout });
  const width = stdout.isTerminal ? stdout.columns : null;
  const isTimed = schedule.interval !== null && stdout.isTerminal && !shown.forPrograms;
  const hidesZeros = leavesOutZeros(query, view, shown);
  return async (round, { takenAt, previous }, warnings) => {
    if (isTimed) {
      stdout.write(roundLine(takenAt, paint));
      await stdout.drained?.();
    }
    const deferred = shown.hasEnd
      ? deferFailure(round.batches, (error) => noteFailure(error, warnings, machines))
      : null;
    let isEmpty = true;
    let isZero = true;
    const seeing = (rows: readonly Row[]) => {
      if (rows.length > 0) isEmpty = false;
      if (hidesZeros && (rows as readonly Counter[]).some(({ value }) => value !== 0n))
        isZero = false;
    };
    const answered = deferred?.batches ?? round.batches;
    const isSeen = hintElsewhere !== null || hidesZeros;
    const batches = isSeen ? passing(answered, seeing) : answered;
    const report = { kind: query.report, platform, takenAt, asked, batches, warnings };
    const context = { query, view, schedule, names: round.names, facts, paint, width, previous };
    const text = shown.format(report, context);
    for await (const chunk of debug?.timed('format', text) ?? text) {
      stdout.write(chunk);
      await stdout.drained?.();
    }
    deferred?.rethrow();
    const leftOut = round.leftOut();
    if (leftOut > 0) hint(leftOutText(leftOut));
    else if (isEmpty) await hintElsewhere?.();
    else if (hidesZeros && isZero) hint(allZero);
    return round.kept;
  };
}

/** Whether the text leaves out counters of 0 without a word; netstat's own layout has one. */
function leavesOutZeros(
  { report, which }: Query,
  { format, columns }: Listing['view'],
  { forPrograms }: TextView,
): boolean {
  const isOwnLayout = format === 'netstat' && columns === null;
  return report === 'statistics' && which !== 'all' && !forPrograms && !isOwnLayout;
}

/** Yields the same batches, and calls `see` with each. */
async function* passing(batches: Batches<Row>, see: (rows: readonly Row[]) => void): Batches<Row> {
  for await (const batch of batches) {
    see(batch);
    yield batch;
  }
}

/** The line that separates the rounds of -c on a terminal: the local time. */
function roundLine(takenAt: string, paint: Paint | null): string {
  const line = `--- ${timeOfDay(takenAt)} ---`;
  return `${paint?.quiet(line) ?? line}\n`;
}

/**
 * What continues after a failure, a document or other rounds, reports it among its warnings. `machines`: those that were
 * asked; several have warned of each already.
 */
export function noteFailure(
  error: unknown,
  warnings: Warning[],
  machines: Source['machines'],
): void {
  if (!isNetstatError(error)) return;
  const { message, path } = error;
  if (warnings.some((one) => one.message === message || (path !== null && one.source === path))) {
    return;
  }
  const host = machines?.all[0]?.name;
  warnings.push(
    host === undefined
      ? { code: 'unreadable', message, source: path }
      : { code: 'host-failed', message, source: path, host },
  );
}
