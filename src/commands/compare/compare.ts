import { countLostOwners } from '../../analysis/difference/lost-owners.ts';
import { errorNaming, exitCode } from '../../errors.ts';
import { eventLoopTurn } from '../../flow/event-loop.ts';
import type { Host } from '../../host.ts';
import { isSame } from '../../model/report/difference.ts';
import { noNames } from '../../model/report/names.ts';
import type { Row } from '../../model/report/snapshot.ts';
import { askedOf, type Comparison, type SavedQuestion } from '../../model/request/asked.ts';
import type { Listing } from '../../model/request/listing.ts';
import type { ViewNeeds } from '../../model/request/needs.ts';
import { type FilterOptions, hasFilters } from '../../model/request/query.ts';
import { shellWord } from '../../model/shell-word.ts';
import type { Socket } from '../../model/socket/socket.ts';
import { type Pipeline, pipelineOf } from '../../pipeline/pipeline.ts';
import { lazyResolver } from '../../resolve/lazy-resolver.ts';
import { hostName } from '../../saved/host-name.ts';
import type { Saved } from '../../saved/parse-saved.ts';
import { readSaved } from '../../saved/read-saved.ts';
import type { Ignored } from '../../select/ignored.ts';
import type { Source, SourceFor } from '../../sources/source.ts';
import { counted } from '../../text/counted.ts';
import { shortened } from '../../text/shortened.ts';
import type { ComparedSide } from '../../views/text/difference/difference-view.ts';
import { differenceFormatterFor } from '../../views/text/difference/index.ts';
import { jsonView } from '../../views/text/json.ts';
import type { ReportStream, ViewContext } from '../../views/text/text-view.ts';
import { complain } from '../complain.ts';
import { paintFor } from '../paint.ts';
import { intoFile, save } from '../save.ts';
import { warnOfOrigin } from '../warn-of-origin.ts';
import { type Found, findDifference, ignoredBy } from './compared-rows.ts';
import { blamingFile, isOfFile, listedBy, listingFor, widerWarning } from './listing-for.ts';
import { rowsOfNetns } from './netns-rows.ts';
import {
  noneAsked,
  nothingCompared,
  reportNewWarnings,
  reportNotCompared,
} from './not-compared.ts';
import { lookingUpTyped } from './typed-hosts.ts';

/**
 * Compares the current answer with a saved one, and updates the file if asked to.
 * @returns 0 if nothing differs, 1 if something does
 * @throws NetstatError for an invalid request, or if something cannot be read or compared; the file then stays
 * unchanged
 */
export async function compare(
  given: Listing,
  comparison: Comparison,
  host: Host,
  sourceFor: SourceFor,
): Promise<number> {
  const saved = readSaved(comparison.path);
  if (saved === null) return createBaseline(given, comparison, host, sourceFor);
  const prepared = await preparedComparison(saved, given, comparison, host, sourceFor);
  const { pipeline, source, asked, listing } = prepared;
  const takenAt = new Date().toISOString();
  const found = await blamingFile(given, comparison, () =>
    findDifference({ ...saved, rows: prepared.rows }, pipeline, host, {
      machines: listing.target.machines,
      ignored: prepared.ignored,
      isFilteredByFile: saved.asked !== null && !hasFilters(given.query.filters),
      isSameMachine: isSameMachine(saved, asked, source),
      keepsRows: comparison.save !== null,
    }),
  );
  reportFindings(prepared, found, host);
  const { view, schedule } = listing;
  const context: ViewContext = {
    ...{ query: pipeline.query, view, schedule, names: noNames },
    ...{ facts: source.facts, paint: null, width: null, previous: null },
  };
  const code = isSame(found.difference) ? exitCode.done : exitCode.noMatch;
  const now = { platform: source.platform, takenAt, warnings: found.warnings };
  if (!comparison.quiet) {
    host.codeIfClosed(code);
    await printDifference(found, prepared, { ...now, host: asked.host }, context, host);
  }
  if (comparison.save !== null) {
    if (wouldForget(saved.report, comparison, found, host)) return exitCode.trouble;
    const answer = { ...now, kind: saved.report, asked, batches: once(found.rows) };
    await saveNewBaseline(comparison.save, answer, context, host);
  }
  return code;
}

/** What a file and a command line ask, before anything is read to compare. */
interface Prepared {
  readonly saved: Saved;
  readonly comparison: Comparison;
  readonly listing: Listing;
  readonly source: Source;
  /** The file's rows of the network namespaces now asked for. */
  readonly rows: readonly Row[];
  readonly asked: SavedQuestion;
  readonly ignored: Ignored | null;
  readonly pipeline: Pipeline;
}

async function preparedComparison(
  saved: Saved,
  given: Listing,
  comparison: Comparison,
  host: Host,
  sourceFor: SourceFor,
): Promise<Prepared> {
  const again = listingFor(given, saved, comparison, host);
  const { schedule, target } = again;
  const source = await sourceFor({ ...host, ...target, stages: host.debug });
  const listing = comparison.chosen.has('protocols') ? again : listedBy(source, again, saved);
  const own = lazyResolver(schedule.resolveTimeout, host);
  const rows = await rowsOfNetns(saved, target.netns, source, comparison.path);
  const asked = askedOf(listing, hostName());
  const wider = widerWarning(asked, saved, rows);
  if (wider !== null) complain(host, `warning: ${comparison.path} ${wider}`);
  const typed = { ...listing.query, filters: given.query.filters };
  const resolver = lookingUpTyped(own, typed);
  const ignored = await ignoredBy(comparison.ignored, listing.query, own, source);
  // The tables may be fewer than the file's: what its filters cannot match there is on neither side.
  const mayMatchNone = (filter: keyof FilterOptions) => isOfFile(filter, given.query);
  const comparedWith = Date.parse(saved.takenAt);
  const parts = { resolver, stages: host.debug, comparedWith, mayMatchNone };
  const pipeline = await blamingFile(given, comparison, () =>
    pipelineOf(listing, source, neededFor(ignored), parts),
  );
  return { saved, comparison, listing, source, rows, asked, ignored, pipeline };
}

/**
 * Reports what could not be read or compared.
 * @throws NetstatError if that may be why rows differ, or nothing could be compared
 */
function reportFindings(
  { saved, comparison, listing, source, rows, asked, ignored }: Prepared,
  { before, difference, isUndecided, unanswered, warnings }: Found,
  host: Host,
): void {
  const { view } = listing;
  const { path } = comparison;
  const { added } = difference;
  const lacks = { known: saved.warnings, compared: before, warnings, added, path };
  reportNewWarnings(lacks, view, host);
  for (const name of unanswered) {
    complain(host, `${shortened(name)}: not compared: it did not answer when the file was saved`);
  }
  warnOfOrigin(saved, asked.host, source, host, ': only what both provide is compared');
  if (isUndecided) throw nothingCompared(difference.notCompared, path);
  const isOnlyByFlags =
    saved.asked === null && ignored === null && !hasFilters(listing.query.filters);
  if (isOnlyByFlags && rows.length > 0 && before.length === 0 && isSame(difference)) {
    throw noneAsked(rows.length, path);
  }
  reportNotCompared(difference.notCompared, view.verbose, host);
}

/** Everything that --save would write, and what --ignore needs. */
function neededFor(ignored: Ignored | null): ViewNeeds {
  return {
    forPrograms: true,
    needs: (asked) => ({
      ...jsonView.needs(asked),
      ...Object.fromEntries((ignored?.needs ?? []).map((need) => [need, true])),
      owners: 'all',
      ownerDetails: true,
    }),
  };
}

/** Prints a comparison, coloured if asked for; `after`: the side that was read now. */
async function printDifference(
  { difference }: Found,
  { saved, comparison }: Prepared,
  after: ComparedSide,
  context: ViewContext,
  host: Host,
): Promise<void> {
  const { view } = context;
  const paint = await paintFor(view, host);
  const name = comparison.path === '-' ? 'standard input' : comparison.path;
  const before = { ...saved, host: saved.asked?.host ?? null };
  const report = { difference, name, before, after };
  const text = (await differenceFormatterFor(view.format))(report, { ...context, paint });
  for (const chunk of text) host.stdout.write(chunk);
}

/**
 * Whether the file knows who holds sockets of which this run does not see it: another program there would not be noticed
 * any more. Says so.
 */
function wouldForget(
  report: Saved['report'],
  { path, save: to }: Comparison,
  { before, rows }: Found,
  host: Host,
): boolean {
  if (report !== 'sockets' || to === null) return false;
  const lost = countLostOwners(before as readonly Socket[], rows as readonly Socket[]);
  if (lost === 0) return false;
  complain(
    host,
    `${to.path}: not saved, since it cannot be seen now who holds ${counted(lost, 'socket')} of which ${to.path === path ? 'it' : path} knows that`,
  );
  return true;
}

/** Writes the rows that were read, for the next comparison. */
function saveNewBaseline(
  to: NonNullable<Comparison['save']>,
  answer: ReportStream,
  context: ViewContext,
  host: Host,
): Promise<number> {
  return intoFile(to, host, async (write) => {
    for await (const chunk of jsonView.format(answer, context)) {
      write(chunk);
      await eventLoopTurn();
    }
    return exitCode.done;
  });
}

async function* once<T>(rows: readonly T[]): AsyncGenerator<readonly T[]> {
  yield rows;
}

/** If there is no file yet, `--save` creates the first one. */
async function createBaseline(
  listing: Listing,
  { path, save: to }: Comparison,
  host: Host,
  sourceFor: SourceFor,
): Promise<number> {
  if (to === null) {
    throw errorNaming(
      'unreadable',
      path,
      `there is no such file; create it with --save ${shellWord(path)}`,
    );
  }
  const view = { ...listing.view, format: 'json' } as const;
  const code = await save({ ...listing, view }, to, host, sourceFor);
  if (code === exitCode.done) {
    complain(
      host,
      `${path}: there was no such file; ${to.path} was saved as the first one to compare with`,
    );
  }
  return code;
}

/**
 * PIDs and inodes are comparable only on the same machine; a file that does not name its machine counts as this
 * one's.
 */
function isSameMachine(saved: Saved, asked: SavedQuestion, { platform }: Source): boolean {
  if (saved.platform !== platform) return false;
  const then = saved.asked?.host ?? null;
  return then === null || asked.host === null || then === asked.host;
}
