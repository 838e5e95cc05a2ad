import { differ } from '../../analysis/difference/difference.ts';
import { identityRules } from '../../analysis/identity.ts';
import type { Host } from '../../host.ts';
import type { ComparedReport, Difference } from '../../model/report/difference.ts';
import type { ReportKind, Row, Warning } from '../../model/report/snapshot.ts';
import { failuresOfMachine } from '../../model/report/warning-codes.ts';
import type { Target } from '../../model/request/listing.ts';
import type { Query } from '../../model/request/query.ts';
import { isOfFamilies } from '../../model/socket/classify.ts';
import type { Socket } from '../../model/socket/socket.ts';
import { interfaceNames } from '../../pipeline/interfaces.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { LazyResolver } from '../../resolve/index.ts';
import type { Saved } from '../../saved/parse-saved.ts';
import type { Ignored } from '../../select/ignored.ts';
import type { Fit } from '../../select/index.ts';
import type { Source } from '../../sources/source.ts';
import { reportingWarnings } from '../warnings.ts';

/** The rows now, compared with those of a file. */
export interface Found {
  readonly difference: Difference<ComparedReport>;
  /** No row is known to be compared, and rows of which that is unknown may differ. */
  readonly isUndecided: boolean;
  /** The rows of the file that are compared. */
  readonly before: readonly Row[];
  /** The rows that `--save` writes. */
  readonly rows: readonly Row[];
  readonly warnings: readonly Warning[];
  /** The machines whose rows are not compared, since they did not answer when the file was saved. */
  readonly unanswered: ReadonlySet<string>;
}

/** What is compared of a file; `rows`: those of the network namespaces now asked for. */
type Compared = Pick<Saved, 'report' | 'takenAt' | 'warnings'> & { readonly rows: readonly Row[] };

/** How rows are compared. */
interface Comparing {
  /** The machines that are asked now; null: this one. */
  readonly machines: Target['machines'];
  readonly ignored: Ignored | null;
  /** The filters are those that the file was saved for, so that its rows fit, though it may lack what decides. */
  readonly isFilteredByFile: boolean;
  /** As in `differ`. */
  readonly isSameMachine: boolean;
  /** Whether `--save` writes the rows. */
  readonly keepsRows: boolean;
}

/** Reads a round, and compares its rows with those of a file. */
export async function findDifference(
  saved: Compared,
  pipeline: Pipeline,
  host: Host,
  { machines, ignored, isFilteredByFile, isSameMachine, keepsRows }: Comparing,
): Promise<Found> {
  const report = saved.report as ComparedReport;
  const { fits, isOpen } = fitterOf(saved, pipeline, ignored, isFilteredByFile);
  const found = differ(report, { isSameMachine });
  const before: Row[] = [];
  for (const row of askedFor(saved.rows, pipeline.query, machines)) {
    const fit = fits(row, 'before');
    if (fit === 'no') continue;
    before.push(row);
    found.before(row as never, fit === 'unknown');
  }
  const lacking = machinesUnanswered(saved);
  const unanswered = new Set<string>();
  const warnings: Warning[] = [];
  const rows: Row[] = [];
  await reportingWarnings(host, warnings, async () => {
    const round = await pipeline.open({ warn: (warning) => warnings.push(warning) });
    for await (const batch of round.batches) {
      for (const row of batch) {
        if (keepsRows && isChosen(row, pipeline, report)) rows.push(row);
        if (row.host !== undefined && lacking.has(row.host)) {
          unanswered.add(row.host);
          continue;
        }
        const fit = fits(row, 'after');
        if (fit !== 'no') found.after(row as never, fit === 'unknown');
      }
    }
  });
  const difference = found.difference();
  const isUndecided = difference.notCompared.undecided > 0 && isOpen();
  return { difference, isUndecided, before, rows, warnings, unanswered };
}

/** The rows of a file whose tables and machines are asked for now; filters are applied separately. */
function askedFor(
  rows: readonly Row[],
  query: Query,
  machines: Target['machines'],
): readonly Row[] {
  const protocols = new Set<string>(query.protocols);
  const families = new Set<string>(query.families);
  const names = new Set(query.interfaces);
  const known = new Set(machines?.names ?? []);
  return rows.filter((row) => {
    if (row.host !== undefined && !known.has(row.host)) return false;
    if ('protocol' in row) {
      return protocols.has(row.protocol) && isOfFamilies(row, query.families);
    }
    if ('family' in row) return families.has(row.family);
    return names.size === 0 || names.has(row.name);
  });
}

/** What `--ignore` leaves out; null: nothing. */
export async function ignoredBy(
  expressions: readonly string[],
  query: Query,
  resolver: LazyResolver,
  source: Source,
): Promise<Ignored | null> {
  if (expressions.length === 0) return null;
  const { ignoredBy: compiled } = await import('../../select/ignored.ts');
  const { withHosts } = await import('../../select/lookups.ts');
  const interfaces = expressions.some((text) => text.includes('%'))
    ? await interfaceNames(source)
    : null;
  return withHosts(await resolver(), interfaces, (lookups) =>
    compiled(expressions, query.protocols, lookups),
  );
}

type Side = 'before' | 'after';

/**
 * Whether a row is compared: at the moment when it was read it was asked for, and not ignored. `isOpen`: no row is known
 * to be, and rows of which that is unknown may differ.
 */
function fitterOf(
  { report, takenAt }: Pick<Compared, 'report' | 'takenAt'>,
  pipeline: Pipeline,
  ignored: Ignored | null,
  isFilteredByFile: boolean,
): { fits(row: Row, side: Side): Fit; isOpen(): boolean } {
  if (report !== 'sockets') return { fits: () => 'yes', isOpen: () => false };
  const opposite = { yes: 'no', no: 'yes', unknown: 'unknown' } as const;
  const places = ignored === null ? null : openPlaces();
  let isDecided = false;
  const then = Date.parse(takenAt);
  const isAsked = { before: pipeline.fitAt(then), after: pipeline.fit };
  const isIgnored = ignored && { before: ignored.fitAt(then), after: ignored.fit };
  const fits = (row: Row, side: Side) => {
    const found = isAsked[side](row as Socket);
    if (found === 'no') return found;
    const asked = side === 'before' && isFilteredByFile ? 'yes' : found;
    const left = isIgnored === null ? 'yes' : opposite[isIgnored[side](row as Socket)];
    const fit = left === 'yes' ? asked : left;
    if (fit === 'yes') isDecided = true;
    else if (!isDecided) places?.note(row as Socket, side, fit === 'unknown');
    return fit;
  };
  return { fits, isOpen: () => !isDecided && (places === null || places.areOpen()) };
}

/**
 * The places of rows of which it is not known whether they are ignored: one is open if the other side has no row there.
 * A row there that is ignored is taken for the same one, of which this side lacks what decides.
 */
function openPlaces(): {
  note(row: Socket, side: Side, isUnknown: boolean): void;
  areOpen(): boolean;
} {
  const seen = { before: new Set<string>(), after: new Set<string>() };
  const unknown = { before: new Set<string>(), after: new Set<string>() };
  const isWithout = (side: Side, other: Side) =>
    [...unknown[side]].some((place) => !seen[other].has(place));
  return {
    note(row, side, isUnknown) {
      const place = identityRules.sockets.identify(row)?.place;
      if (place === undefined) return;
      seen[side].add(place);
      if (isUnknown) unknown[side].add(place);
    },
    areOpen: () => isWithout('before', 'after') || isWithout('after', 'before'),
  };
}

/** Whether `--save` would write the row. */
function isChosen(row: Row, pipeline: Pipeline, report: ReportKind): boolean {
  return report !== 'sockets' || pipeline.fit(row as Socket) === 'yes';
}

/** The machines that did not answer when the file was saved: there is nothing to compare them with. */
function machinesUnanswered({ warnings }: Pick<Saved, 'warnings'>): ReadonlySet<string> {
  return new Set(
    warnings.flatMap((one) => (failuresOfMachine.has(one.code) ? (one.host ?? []) : [])),
  );
}
