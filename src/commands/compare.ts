import { differ } from '../analysis/difference.ts';
import { exitCode, isNetstatError, NetstatError } from '../errors.ts';
import type { Host } from '../host.ts';
import {
  type Asked,
  askedAgain,
  askedOf,
  askedText,
  type Comparison,
  isWithin,
} from '../model/asked.ts';
import { type ComparedReport, isSame, type NotCompared } from '../model/difference.ts';
import type { Listing, Target } from '../model/listing.ts';
import { noNames } from '../model/names.ts';
import type { ViewNeeds } from '../model/needs.ts';
import { filterNames, hasFilters, type Query } from '../model/query.ts';
import { type ReportKind, type Row, type Warning, warningKey } from '../model/snapshot.ts';
import type { Socket } from '../model/socket.ts';
import { lazyResolver } from '../pipeline/name.ts';
import { type Pipeline, pipelineOf } from '../pipeline/pipeline.ts';
import { interfaceNames } from '../pipeline/read.ts';
import { hostName } from '../saved/host-name.ts';
import type { Saved } from '../saved/parse-saved.ts';
import { readSaved } from '../saved/read-saved.ts';
import type { Ignored } from '../select/ignored.ts';
import type { Fit } from '../select/index.ts';
import type { PlatformHost, Source } from '../sources/source.ts';
import { counted } from '../text/counted.ts';
import { shortened } from '../text/shortened.ts';
import type { DifferenceReport } from '../views/text/difference/difference-view.ts';
import { differenceFormats } from '../views/text/difference/index.ts';
import { jsonView } from '../views/text/json.ts';
import type { ViewContext } from '../views/text/text-view.ts';
import { complain } from './complain.ts';
import { paintFor } from './paint.ts';
import { intoFile, save } from './save.ts';
import { turn } from './turn.ts';
import { warnOfOrigin } from './warn-of-origin.ts';
import { reportingWarnings, warningReporter } from './warnings.ts';

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
  sourceFor: (host: PlatformHost) => Promise<Source>,
): Promise<number> {
  const saved = readSaved(comparison.path);
  if (saved === null) return createBaseline(given, comparison, host, sourceFor);
  const listing = listingFor(given, saved, comparison, host);
  const { view, target } = listing;
  const source = await sourceFor({ ...host, ...target, stages: host.debug });
  const resolver = lazyResolver(listing.schedule.resolveTimeout, host);
  const ignored = await ignoredBy(comparison.ignored, listing.query, resolver, source);
  // Read everything that --save would write, and what --ignore needs.
  const shown: ViewNeeds = {
    forPrograms: true,
    needs: (asked) => ({
      ...jsonView.needs(asked),
      ...Object.fromEntries((ignored?.needs ?? []).map((need) => [need, true])),
      owners: 'all',
      ownerDetails: true,
    }),
  };
  const stages = host.debug;
  const pipeline = await blamingFile(given, comparison.path, () =>
    pipelineOf(listing, source, shown, { resolver, stages, comparing: true }),
  );
  const takenAt = new Date().toISOString();
  const asked = askedOf(listing, hostName());
  const report = saved.report as ComparedReport;
  const fits = fitterOf(pipeline, ignored, report);
  const found = differ(report, { isSameMachine: isSameMachine(saved, asked, source) });
  for (const row of askedFor(saved.rows, pipeline.query, target)) {
    const fit = fits(row);
    if (fit !== 'no') found.before(row as never, fit === 'unknown');
  }
  const warnings: Warning[] = [];
  const unanswered = machinesUnanswered(saved);
  const notCompared = new Set<string>();
  const chosen: Row[] = [];
  await reportingWarnings(host, warnings, async () => {
    const round = await pipeline.open({ warn: (warning) => warnings.push(warning) });
    for await (const batch of round.batches) {
      for (const row of batch) {
        if (comparison.save !== null && isChosen(row, pipeline, report)) chosen.push(row);
        if (row.host !== undefined && unanswered.has(row.host)) {
          notCompared.add(row.host);
          continue;
        }
        const fit = fits(row);
        if (fit !== 'no') found.after(row as never, fit === 'unknown');
      }
    }
  });
  const reporter = warningReporter(host, view);
  // Warnings that the file has too are not news: cron mails all output.
  const lackedThen = new Set(saved.warnings.map(warningKey));
  const newWarnings = warnings.filter((warning) => !lackedThen.has(warningKey(warning)));
  reporter.report(view.verbose ? warnings : newWarnings);
  refuseIncomplete(newWarnings, comparison.path);

  const difference = found.difference();
  for (const name of notCompared) {
    complain(host, `${shortened(name)}: not compared: it did not answer when the file was saved`);
  }
  warnOfOrigin(saved, asked.host, source, host, ': only what both provide is compared');
  reportNotCompared(difference.notCompared, view.verbose, host);
  const now = { platform: source.platform, takenAt, host: asked.host, warnings };
  const context: ViewContext = {
    ...{ query: pipeline.query, view, schedule: listing.schedule, names: noNames },
    ...{ facts: source.facts, paint: null, width: null, previous: null },
  };
  const code = isSame(difference) ? exitCode.done : exitCode.noMatch;
  if (!comparison.quiet) {
    host.codeIfClosed?.(code);
    const then = { ...saved, host: saved.asked?.host ?? null };
    const name = comparison.path === '-' ? 'standard input' : comparison.path;
    await show({ difference, name, before: then, after: now }, context, host);
  }
  if (comparison.save !== null) {
    const answer = { kind: report, platform: source.platform, takenAt, asked, warnings };
    await intoFile(comparison.save, host, async (write) => {
      const text = jsonView.format({ ...answer, batches: once(chosen) }, context);
      for await (const chunk of text) {
        write(chunk);
        await turn();
      }
      return exitCode.done;
    });
  }
  return code;
}

/** Prints a comparison, coloured if asked for. */
async function show(report: DifferenceReport, context: ViewContext, host: Host): Promise<void> {
  const { color, format } = context.view;
  const paint = await paintFor(color, host);
  const text = (await differenceFormats[format]())(report, { ...context, paint });
  for (const chunk of text) host.stdout.write(chunk);
}

async function* once<T>(rows: readonly T[]): AsyncGenerator<readonly T[]> {
  yield rows;
}

/** If there is no file yet, `--save` creates the first one. */
async function createBaseline(
  listing: Listing,
  { path, save: to }: Comparison,
  host: Host,
  sourceFor: (host: PlatformHost) => Promise<Source>,
): Promise<number> {
  if (to === null) {
    throw new NetstatError(
      'unreadable',
      `${path}: there is no such file; create it with --save ${path}`,
      { path },
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

/** What to ask now: the command line's question, or the one recorded in the file. */
function listingFor(
  given: Listing,
  saved: Saved,
  { path, asksAgain, ignored }: Comparison,
  host: Host,
): Listing {
  const { report, asked } = saved;
  refuseOtherMachines(given, saved, path);
  if (report === 'statistics') {
    throw new NetstatError(
      'usage',
      `${path}: it contains counters, which always differ; -s -c shows how fast they grow`,
      { path },
    );
  }
  if (ignored.length > 0 && report !== 'sockets') {
    throw new NetstatError('usage', `--ignore is about sockets, not ${report}`, {
      path: '--ignore',
    });
  }
  // A filter of sockets implies a listing of sockets.
  const isOpen = asksAgain && (report === 'sockets' || !hasFilters(given.query.filters));
  if (isOpen && asked !== null) {
    return warnedIfWider(askedAgain(given, asked), asked, path, host);
  }
  if (isOpen && report !== given.query.report) {
    const families = report === 'routes' ? (['inet'] as const) : given.query.families;
    return withExtras({ ...given, query: { ...given.query, report, families } }, saved);
  }
  if (report !== given.query.report) {
    throw new NetstatError(
      'usage',
      `${path}: it contains ${report}, not ${given.query.report}; ask for the same`,
      { path },
    );
  }
  if (asked === null) {
    if (isOpen) {
      complain(
        host,
        `warning: ${path} does not record what was asked; give the same flags, or create it with --save`,
      );
    }
    return withExtras(given, saved);
  }
  return withExtras(warnedIfWider(given, asked, path, host), saved);
}

/** Names the file in the error for an invalid filter that was not typed: it is from another machine, or was edited. */
async function blamingFile<T>(
  { query }: Listing,
  path: string,
  task: () => Promise<T>,
): Promise<T> {
  try {
    return await task();
  } catch (error) {
    if (!isNetstatError(error) || error.code !== 'usage') throw error;
    const filter = filterNames.find((name) => name === error.path?.replace(/^--/, ''));
    if (filter === undefined || query.filters[filter].length > 0) throw error;
    const { summary, excerpt } = error;
    const text = `${path}: what it was saved for cannot be asked here: ${summary}`;
    throw new NetstatError('usage', text, { path, excerpt, cause: error });
  }
}

/** Returns the listing, with a warning if the file's question was narrower or different. */
function warnedIfWider(listing: Listing, asked: Asked, path: string, host: Host): Listing {
  const now = askedOf(listing, null);
  if (!isWithin(now, asked)) {
    const [then, text] = [askedText(asked), askedText(now)].map((text) => shortened(text));
    complain(
      host,
      `warning: ${path} was saved for ${then}, this is ${text}: what only one of them covers shows as a difference`,
    );
  }
  return listing;
}

/**
 * Requires --on for a file with rows of other machines; a file must not decide which machines are asked, since
 * names lead to connections.
 */
function refuseOtherMachines({ target }: Listing, { asked, rows }: Saved, path: string): void {
  const named = new Set(rows.flatMap(({ host }) => host ?? []));
  const names = asked === null ? [...named] : (asked.on ?? []);
  if (names.length > 0 && target.hosts === null) {
    const some = names
      .slice(0, 3)
      .map((name) => shortened(name))
      .join(',');
    const more = names.length > 3 ? ',…' : '';
    throw new NetstatError('usage', `${path}: it is from other machines: add --on ${some}${more}`, {
      path,
    });
  }
  if (names.length === 0 && target.hosts !== null && (asked !== null || rows.length > 0)) {
    throw new NetstatError(
      'usage',
      `${path}: it was saved without --on; create one with --on and --save`,
      { path },
    );
  }
}

/** The machines that did not answer when the file was saved: there is nothing to compare them with. */
function machinesUnanswered({ warnings }: Saved): ReadonlySet<string> {
  return new Set(warnings.flatMap((one) => (one.code === 'host-failed' ? (one.host ?? []) : [])));
}

/** Whether `--save` would write the row. */
function isChosen(row: Row, pipeline: Pipeline, report: ReportKind): boolean {
  return report !== 'sockets' || pipeline.fit(row as Socket) === 'yes';
}

/** Workloads are compared if the file has them. */
function withExtras(listing: Listing, { rows }: Saved): Listing {
  const workloads = listing.view.workloads || rows.some((row) => 'workload' in row);
  return { ...listing, view: { ...listing.view, workloads } };
}

/** The rows of a file whose tables and places are asked for now; filters are applied separately. */
function askedFor(rows: readonly Row[], query: Query, { netns, hosts }: Target): readonly Row[] {
  const protocols = new Set<string>(query.protocols);
  const families = new Set<string>([...query.families, 'unix']);
  const names = new Set(query.interfaces);
  const machines = new Set(hosts?.names ?? []);
  return rows.filter((row) => {
    if (row.host !== undefined && !machines.has(row.host)) return false;
    if (netns === 'own' && 'netns' in row && row.netns?.own === false) return false;
    if ('protocol' in row) return protocols.has(row.protocol) && families.has(row.family);
    if ('family' in row) return families.has(row.family);
    return names.size === 0 || names.has(row.name);
  });
}

async function ignoredBy(
  expressions: readonly string[],
  query: Query,
  resolver: ReturnType<typeof lazyResolver>,
  source: Source,
): Promise<Ignored | null> {
  if (expressions.length === 0) return null;
  const { ignoredBy: compiled } = await import('../select/ignored.ts');
  const { serviceNumber, userId } = await resolver();
  const interfaces = expressions.some((text) => text.includes('%'))
    ? await interfaceNames(source)
    : null;
  return compiled(expressions, query.protocols, { serviceNumber, userId, interfaces });
}

/** Whether a row is compared: it is asked for, and not ignored. */
function fitterOf(
  pipeline: Pipeline,
  ignored: Ignored | null,
  report: ReportKind,
): (row: Row) => Fit {
  if (report !== 'sockets') return () => 'yes';
  const opposite = { yes: 'no', no: 'yes', unknown: 'unknown' } as const;
  return (row) => {
    const asked = pipeline.fit(row as Socket);
    if (asked === 'no' || ignored === null) return asked;
    const left = opposite[ignored.fit(row as Socket)];
    return left === 'yes' ? asked : left;
  };
}

/**
 * Rejects a comparison in which rows that could not be read now would appear as removed. What could not be read
 * when the file was saved makes no difference.
 */
function refuseIncomplete(newWarnings: readonly Warning[], path: string): void {
  const missing = newWarnings.find(({ code }) => lacking.includes(code));
  if (missing === undefined) return;
  throw new NetstatError(
    'unreadable',
    `${path}: not compared, since what could not be read now would show as gone: ${missing.message}`,
    { path },
  );
}

const lacking: readonly Warning['code'][] = ['forbidden', 'unreadable', 'host-failed'];

/**
 * PIDs and inodes are comparable only on the same machine; a file that does not name its machine counts as this
 * one's.
 */
function isSameMachine(saved: Saved, asked: Asked, { platform }: Source): boolean {
  if (saved.platform !== platform) return false;
  const then = saved.asked?.host ?? null;
  return then === null || asked.host === null || then === asked.host;
}

function reportNotCompared(
  { owners, ownersHidden, unnamed, undecided }: NotCompared,
  isVerbose: boolean,
  host: Host,
): void {
  const oneSided = owners - ownersHidden;
  if (oneSided > 0) {
    complain(
      host,
      `${counted(oneSided, 'socket')}: owners not compared, since one side lacks them`,
    );
  }
  // As in the file: no news for cron, but a person should know what is not compared.
  if (ownersHidden > 0 && (isVerbose || host.stderr.isTerminal)) {
    complain(
      host,
      `${counted(ownersHidden, 'socket')}: owners not compared, since both sides lack them`,
    );
  }
  if (undecided > 0) {
    complain(
      host,
      `${counted(undecided, 'row')}: not compared, since one side lacks what a filter needs`,
    );
  }
  if (isVerbose && unnamed > 0) {
    complain(host, `${counted(unnamed, 'socket')} without a name or port: not compared`);
  }
}
