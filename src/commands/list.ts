import { exitCode, isNetstatError } from '../errors.ts';
import type { Host } from '../host.ts';
import type { Asked } from '../model/asked.ts';
import { deferFailure } from '../model/defer-failure.ts';
import type { Listing } from '../model/listing.ts';
import type { ViewNeeds } from '../model/needs.ts';
import type { Row, Warning } from '../model/snapshot.ts';
import { type OpenRound, type Pipeline, pipelineOf } from '../pipeline/pipeline.ts';
import { type Beginning, inRounds } from '../pipeline/rounds.ts';
import { type Look, lookAgain, unseenIn } from '../pipeline/wait.ts';
import type { Batches, PlatformHost, Source } from '../sources/source.ts';
import { textViewFor } from '../views/text/index.ts';
import type { Paint } from '../views/text/paint.ts';
import type { TextView } from '../views/text/text-view.ts';
import { complain } from './complain.ts';
import { leftOutText, mayBeElsewhere } from './hints.ts';
import { reportingResolver } from './names.ts';
import { paintFor } from './paint.ts';
import type { Show } from './wait.ts';
import { reportingWarnings, type WarningReporter, warningReporter } from './warnings.ts';

/** What --pids needs of rows. */
const pidNeeds: ViewNeeds = { forPrograms: true, needs: () => ({ owners: 'all' }) };

/** Options of a listing that is saved. */
export interface ListOptions {
  /** The question, to be written with the answer. */
  readonly asked?: Asked | undefined;
  /** Awaited between slices of reading, so that signals are handled. */
  readonly pause?: (() => Promise<void>) | undefined;
}

/**
 * Lists one report, or with -c round after round until interrupted.
 * @returns the exit code
 * @throws NetstatError for an invalid request, or if nothing can be read at all
 */
export async function list(
  listing: Listing,
  host: Host,
  sourceFor: (host: PlatformHost) => Promise<Source>,
  { asked, pause }: ListOptions = {},
): Promise<number> {
  const { view, schedule, target } = listing;
  const { debug } = host;
  debug?.enter('source');
  const source = await sourceFor({ ...host, ...target, stages: debug, ...(pause && { pause }) });
  debug?.enter('options');
  const shown = await textViewFor(view.format);
  const needsView = view.pids ? pidNeeds : shown;
  const resolver = reportingResolver(schedule.resolveTimeout, host);
  const elapsed = () => host.elapsed();
  const parts = { resolver, stages: debug, elapsed };
  const { wait } = schedule;
  const made = await pipelineOf(listing, source, needsView, parts);
  const pipeline =
    wait?.for === 'gone' && typeof target.netns === 'object'
      ? (await import('../pipeline/lasting-place.ts')).inLastingPlace(made, async (number) => {
          const netns = { name: String(number) };
          const there = await sourceFor({ ...host, ...target, netns, ...(pause && { pause }) });
          return pipelineOf(listing, there, needsView, parts);
        })
      : made;
  // Another machine that is waited for may be starting.
  const mayAnswerLater = wait?.for === 'there' && source.machines !== undefined;
  debug?.enter('other');
  if (view.quiet) {
    return wait === null
      ? answer(await lookAt(pipeline, host), host)
      : (await import('./wait.ts')).waitQuietly(
          wait,
          () => lookAt(pipeline, host, mayAnswerLater),
          host,
        );
  }

  const reporter = warningReporter(host, view);
  const lookElsewhere = async () => {
    const { elsewhereText } = await import('./elsewhere.ts');
    const text = await elsewhereText(
      listing,
      (place) => sourceFor({ ...host, ...target, ...place }),
      { resolver, elapsed },
    );
    if (text !== null) reporter.hint(text);
  };
  // It takes as long as the listing itself, so only if a person reads it.
  const isForPeople = !shown.forPrograms && host.stderr.isTerminal;
  const hintElsewhere =
    isForPeople && mayBeElsewhere(listing, pipeline, source) ? lookElsewhere : null;
  const hinting = { hint: reporter.hint, hintElsewhere };
  const write = await writer(listing, shown, pipeline, source, host, hinting, asked);
  const now = () => new Date().toISOString();
  const begin = (warnings: Warning[]) =>
    pipeline.open({ warn: (warning) => warnings.push(warning), note: reporter.note });
  if (view.pids) {
    return (await import('./pids.ts')).pids(
      pipeline,
      listing,
      { begin, reporter, hintElsewhere },
      host,
    );
  }
  const show: Show = async (round, beginning, warnings) => {
    try {
      return await write(await round, beginning, warnings);
    } catch (error) {
      if (isNetstatError(error)) reporter.except(error.message);
      throw error;
    } finally {
      reporter.report(warnings);
    }
  };
  if (wait !== null) {
    return (await import('./wait.ts')).waitAndShow(
      wait,
      { begin, show, reporter, byOwner: pipeline.byOwner, mayAnswerLater },
      host,
    );
  }
  const clock = { now, elapsed, sleep: host.sleep };
  await inRounds(schedule, clock, async (beginning) => {
    const warnings: Warning[] = [];
    return show(begin(warnings), beginning, warnings);
  });
  return exitCode.done;
}

/** Writes a round to standard output, and returns the rows that the next one is compared with. */
type Writer = (
  round: OpenRound,
  beginning: Beginning,
  warnings: Warning[],
) => Promise<readonly Row[]>;

/** Hints about what else could be shown. */
interface Hinting extends Pick<WarningReporter, 'hint'> {
  /** Call it if nothing was found; null: there is nowhere else to look. */
  readonly hintElsewhere: (() => Promise<void>) | null;
}

async function writer(
  { view, schedule }: Listing,
  shown: TextView,
  { query }: Pipeline,
  { platform, facts }: Source,
  { stdout, env, debug }: Host,
  { hint, hintElsewhere }: Hinting,
  asked: Asked | undefined,
): Promise<Writer> {
  const paint = await paintFor(view.color, { env, stdout });
  const width = stdout.isTerminal ? stdout.columns : null;
  const isTimed = schedule.interval !== null && stdout.isTerminal && !shown.forPrograms;
  return async (round, { takenAt, previous }, warnings) => {
    if (isTimed) {
      stdout.write(roundLine(takenAt, paint));
      await stdout.drained?.();
    }
    const deferred = shown.hasEnd
      ? deferFailure(round.batches, (error) => noteFailure(error, warnings))
      : null;
    let isEmpty = true;
    const seeing = (rows: readonly Row[]) => {
      if (rows.length > 0) isEmpty = false;
    };
    const answered = deferred?.batches ?? round.batches;
    const batches = hintElsewhere === null ? answered : passing(answered, seeing);
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
    return round.kept;
  };
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
  const at = new Date(takenAt);
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  const line = `--- ${time} ---`;
  return `${paint?.quiet(line) ?? line}\n`;
}

/** Reads until there is a row. */
async function lookAt(pipeline: Pipeline, host: Host, mayAnswerLater = false): Promise<Look> {
  const warnings: Warning[] = [];
  const rows = pipeline.read({ warn: (warning) => warnings.push(warning) });
  const look = async (): Promise<Look> => {
    for await (const batch of rows.batches) {
      if (batch.length > 0) return { isThere: true, unseen: [] };
    }
    return { isThere: false, unseen: unseenIn(warnings, pipeline.byOwner) };
  };
  return reportingWarnings(host, warnings, () => lookAgain(mayAnswerLater, warnings, look));
}

/** The exit code of --quiet: without a match, 1 only if nothing is hidden. */
function answer({ isThere, unseen }: Look, host: Host): number {
  if (isThere) return exitCode.done;
  if (unseen.length === 0) return exitCode.noMatch;
  for (const { message } of unseen) complain(host, message);
  return exitCode.trouble;
}

/** A document that continues after a failure reports it in its warnings. */
function noteFailure(error: unknown, warnings: Warning[]): void {
  if (!isNetstatError(error)) return;
  const { message, path } = error;
  if (warnings.some((one) => one.message === message || (path !== null && one.source === path))) {
    return;
  }
  warnings.push({ code: 'unreadable', message, source: path });
}
