import { exitCode, isNetstatError } from '../../errors.ts';
import type { Host } from '../../host.ts';
import type { Warning } from '../../model/report/snapshot.ts';
import type { SavedQuestion } from '../../model/request/asked.ts';
import type { Listing } from '../../model/request/listing.ts';
import type { ViewNeeds } from '../../model/request/needs.ts';
import { type FailedRounds, failedRounds } from '../../pipeline/failed-rounds.ts';
import { type Pipeline, type PipelineParts, pipelineOf } from '../../pipeline/pipeline.ts';
import { inRounds } from '../../pipeline/rounds.ts';
import type { Source, SourceFor } from '../../sources/source.ts';
import { timeNow } from '../../text/time-now.ts';
import { textViewFor } from '../../views/text/index.ts';
import { mayBeElsewhere, soughtPort } from '../hints.ts';
import { reportingResolver } from '../reporting-resolver.ts';
import { type WarningReporter, warningReporter } from '../warnings.ts';
import { listQuietly } from './quiet.ts';
import { noteFailure, type RoundWriter, roundWriter } from './round-writer.ts';
import type { Show } from './wait.ts';

/** What --pids needs of rows. */
const pidNeeds: ViewNeeds = { forPrograms: true, needs: () => ({ owners: 'all' }) };

/** Options of a listing that is saved. */
export interface ListOptions {
  /** The question, to be written with the answer. */
  readonly asked?: SavedQuestion | undefined;
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
  sourceFor: SourceFor,
  { asked, pause }: ListOptions = {},
): Promise<number> {
  const { view, schedule, target } = listing;
  const { debug } = host;
  const place = { ...host, ...target, pause };
  debug?.enter('source');
  const source = await sourceFor({ ...place, stages: debug });
  debug?.enter('options');
  const shown = await textViewFor(view.format);
  const resolver = reportingResolver(schedule.resolveTimeout, host);
  const elapsed = () => host.elapsed();
  const makePipeline = (from: Source) =>
    pipelineOf(listing, from, view.pids ? pidNeeds : shown, { resolver, stages: debug, elapsed });
  const made = await makePipeline(source);
  const { wait } = schedule;
  const pipeline =
    wait?.for === 'gone' && typeof target.netns === 'object'
      ? await inNamespaceUntilGone(made, async (netns) =>
          makePipeline(await sourceFor({ ...place, netns })),
        )
      : made;
  // Another machine that is waited for may be starting.
  const mayAnswerLater = wait?.for === 'there' && source.machines !== undefined;
  debug?.enter('other');
  if (view.quiet) return listQuietly(pipeline, wait, mayAnswerLater, host);

  const reporter = warningReporter(host, view);
  // It takes as long as the listing itself, so only if a person reads it.
  const isForPeople = !shown.forPrograms && host.stderr.isTerminal;
  const port = soughtPort(listing, source);
  const hintElsewhere =
    isForPeople && (port !== null || mayBeElsewhere(listing, pipeline, source))
      ? elsewhereHint({ listing, port }, host, sourceFor, { resolver, elapsed }, reporter)
      : null;
  const begin = (warnings: Warning[]) =>
    pipeline.open({ warn: (warning) => warnings.push(warning), note: reporter.note });
  const write = await roundWriter(listing, { shown, query: pipeline.query, source, asked }, host, {
    hint: reporter.hint,
    hintElsewhere,
  });
  if (view.pids) {
    const { pids } = await import('./pids.ts');
    return pids(pipeline, listing, { begin, reporter, hintElsewhere }, host);
  }
  const { machines } = source;
  const failures = schedule.interval === null ? null : failedRounds(machines);
  const show = showing(write, { reporter, failures, machines });
  if (wait !== null) {
    const { waitAndShow } = await import('./wait.ts');
    const { sought } = pipeline;
    return waitAndShow(wait, { begin, show, reporter, sought, mayAnswerLater }, host);
  }
  if (schedule.interval !== null) host.stdout.endWithReader?.();
  await inRounds(schedule, { now: timeNow, elapsed, sleep: host.sleep }, async (beginning) => {
    const warnings: Warning[] = [];
    return show(begin(warnings), beginning, warnings);
  });
  return exitCode.done;
}

/** For --wait-gone: a pipeline that goes on reading a named network namespace after its name is removed. */
async function inNamespaceUntilGone(
  named: Pipeline,
  pipelineIn: (netns: { readonly name: string }) => Promise<Pipeline>,
): Promise<Pipeline> {
  const { inLastingPlace } = await import('../../pipeline/lasting-place.ts');
  return inLastingPlace(named, (number) => pipelineIn({ name: String(number) }));
}

/** Returns what looks for the rows in other places, and gives a hint if they are there. */
function elsewhereHint(
  { listing, port }: { readonly listing: Listing; readonly port: string | null },
  host: Host,
  sourceFor: SourceFor,
  parts: PipelineParts & { elapsed(): number },
  { hint }: WarningReporter,
): () => Promise<void> {
  return async () => {
    const { elsewhereText } = await import('./elsewhere.ts');
    const text = await elsewhereText(
      listing,
      port,
      (place) => sourceFor({ ...host, ...listing.target, ...place }),
      parts,
    );
    if (text !== null) hint(text);
  };
}

/** How failures of rounds are reported. */
interface Failing {
  readonly reporter: WarningReporter;
  /** null: there is one round. */
  readonly failures: FailedRounds | null;
  readonly machines: Source['machines'];
}

/** Returns what writes a round, and reports its warnings even if it fails. */
function showing(write: RoundWriter, { reporter, failures, machines }: Failing): Show {
  return async (round, beginning, warnings) => {
    try {
      const rows = await write(await round, beginning, warnings);
      failures?.succeeded();
      return rows;
    } catch (error) {
      if (failures?.survives(error)) {
        noteFailure(error, warnings, machines);
        return null;
      }
      if (isNetstatError(error)) reporter.except(error);
      throw error;
    } finally {
      reporter.report(warnings);
    }
  };
}
