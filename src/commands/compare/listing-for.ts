import {
  type ErrorSubject,
  errorNaming,
  isNetstatError,
  NetstatError,
  reworded,
} from '../../errors.ts';
import type { Host } from '../../host.ts';
import type { Row } from '../../model/report/snapshot.ts';
import {
  askedAgain,
  askedText,
  type Comparison,
  isWithin,
  type SavedQuestion,
} from '../../model/request/asked.ts';
import type { Listing } from '../../model/request/listing.ts';
import { type FilterOptions, hasFilters, type Query } from '../../model/request/query.ts';
import { remoteNameProblem } from '../../model/request/remote-name.ts';
import { shellWord } from '../../model/shell-word.ts';
import type { Saved } from '../../saved/parse-saved.ts';
import type { Source } from '../../sources/source.ts';
import { shortened } from '../../text/shortened.ts';
import { complain } from '../complain.ts';

/** What to ask now: the question recorded in the file, but for what the command line chooses. */
export function listingFor(
  given: Listing,
  saved: Saved,
  { path, chosen, ignored }: Comparison,
  host: Host,
): Listing {
  const { report, asked } = saved;
  refuseOtherMachines(given, saved, path);
  if (report === 'statistics') {
    throw errorNaming(
      'usage',
      path,
      'it contains counters, which always differ; -s -c shows how fast they grow',
    );
  }
  if (ignored.length > 0 && report !== 'sockets') {
    throw new NetstatError('usage', `--ignore is about sockets, not ${report}`, {
      path: '--ignore',
    });
  }
  if (report !== given.query.report && asksForReport(given, chosen, report)) {
    throw errorNaming(
      'usage',
      path,
      `it contains ${report}, not ${given.query.report}; ask for the same`,
    );
  }
  if (asked !== null) return askedAgain(given, asked, chosen);
  if (chosen.size === 0) {
    complain(
      host,
      `warning: ${path} does not record what was asked; give the same flags, or create it with --save`,
    );
  }
  return withExtras(report === given.query.report ? given : ofReport(given, saved, chosen), saved);
}

/** The same asked of the file's report. Unless the command line chooses families, they are those that the file has. */
function ofReport(given: Listing, { report, rows }: Saved, chosen: Comparison['chosen']): Listing {
  const found = (['inet', 'inet6'] as const).filter((one) =>
    rows.some((row) => 'family' in row && row.family === one),
  );
  const usual = report === 'routes' ? (['inet'] as const) : given.query.families;
  const families = chosen.has('families') ? given.query.families : found.length > 0 ? found : usual;
  return { ...given, query: { ...given.query, report, families } };
}

/**
 * What a file asks, without tables that only its own platform has: these are not compared. If the source has none of the
 * tables, all stay, and are refused by name.
 */
export function listedBy(
  { platform, protocols }: Pick<Source, 'platform' | 'protocols'>,
  listing: Listing,
  saved: Saved,
): Listing {
  const { query } = listing;
  const both = query.protocols.filter((one) => protocols.includes(one));
  if (saved.platform === platform || both.length === 0) return listing;
  return { ...listing, query: { ...query, protocols: both } };
}

/**
 * Whether the command line says which report it means: filters and choices of sockets imply sockets. But -a also asks
 * for every interface, which is what is compared anyway. `saved`: the report of the file.
 */
function asksForReport(
  { query }: Listing,
  chosen: Comparison['chosen'],
  saved: Saved['report'],
): boolean {
  const isOfBoth = saved === 'interfaces' && query.which === 'all';
  const ofSockets = [
    ...(['protocols', 'boundInactive'] as const),
    ...(isOfBoth ? [] : (['which'] as const)),
  ];
  return (
    chosen.has('report') || hasFilters(query.filters) || ofSockets.some((part) => chosen.has(part))
  );
}

/**
 * The warning that the file's question was narrower or different; null: it was not. `rows`: those of the file that
 * are of the network namespaces now asked for.
 */
export function widerWarning(
  now: SavedQuestion,
  { asked }: Saved,
  rows: readonly Row[],
): string | null {
  if (asked === null) return null;
  // One namespace is a part of all, or the one that the file is of, by another name.
  const isPart = typeof now.netns === 'object' && (asked.netns === 'all' || rows.length > 0);
  if (isWithin(isPart ? { ...now, netns: asked.netns } : now, asked)) return null;
  const [then, text] = [asked, now].map((question) => shortened(askedText(question)));
  return `was saved for ${then}, this is ${text}: what only this covers shows as new, what only the file covers is left out`;
}

/**
 * Requires --on for a file with rows of other machines, and one of these, by the name that it had; a file must not
 * decide which machines are asked, since names lead to connections.
 */
function refuseOtherMachines({ target }: Listing, { asked, rows }: Saved, path: string): void {
  const named = new Set(rows.flatMap(({ host }) => host ?? []));
  const names = asked === null ? [...named] : (asked.on ?? []);
  const machines = target.machines?.names ?? [];
  if (names.length > 0 && !names.some((name) => machines.includes(name))) {
    const what = machines.length === 0 ? 'add' : 'nothing would be compared; name them as it does:';
    throw errorNaming(
      'usage',
      path,
      `it is from other machines: ${what} --on ${namesToType(names)}`,
    );
  }
  if (names.length === 0 && target.machines !== null && (asked !== null || rows.length > 0)) {
    throw errorNaming('usage', path, 'it was saved without --on; create one with --on and --save');
  }
}

/** Names of machines as they can be typed, if all are valid: the hint may be pasted, and a file may have any text. */
function namesToType(names: readonly string[]): string {
  if (names.some((name) => remoteNameProblem(name) !== null)) return 'with their names';
  const some = names
    .slice(0, 3)
    .map((name) => shellWord(shortened(name)))
    .join(',');
  return names.length > 3 ? `${some},…` : some;
}

/** Workloads are compared if the file has them. */
function withExtras(listing: Listing, { rows }: Saved): Listing {
  const workloads = listing.view.workloads || rows.some((row) => 'workload' in row);
  return { ...listing, view: { ...listing.view, workloads } };
}

/**
 * Names the file in the error for an invalid filter or network namespace that was not typed: it is from another
 * machine, or was edited.
 */
export async function blamingFile<T>(
  { query }: Listing,
  { path, chosen }: Pick<Comparison, 'path' | 'chosen'>,
  task: () => Promise<T>,
): Promise<T> {
  try {
    return await task();
  } catch (error) {
    if (!isNetstatError(error) || error.code !== 'usage') throw error;
    const filter = filterIn(error.about, query);
    const isBlamed =
      filter === undefined
        ? error.about === 'netns' && !chosen.has('netns')
        : isOfFile(filter, query);
    if (!isBlamed) throw error;
    const text = `${path}: what it was saved for cannot be asked here: ${error.summary}`;
    // What it was about is in the file, and not among the words that were typed.
    throw reworded(error, text, { path, about: null, at: null, cause: error });
  }
}

/** Whether a filter can only be the file's: the command line, which asks for `given`, has none of that name. */
export function isOfFile(filter: keyof FilterOptions, { filters }: Query): boolean {
  const given = filters[filter];
  return typeof given === 'boolean' ? !given : given.length === 0;
}

/** The filter that an error is about; undefined: it is about something else. */
function filterIn(about: ErrorSubject | null, { filters }: Query): keyof FilterOptions | undefined {
  if (about === 'expression') return about;
  if (about === null || typeof about === 'string' || !('filter' in about)) return undefined;
  return Object.hasOwn(filters, about.filter) ? (about.filter as keyof FilterOptions) : undefined;
}
