import { differ } from '../../analysis/difference/difference.ts';
import type { Standing } from '../../analysis/difference/entries.ts';
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
  const { standingOf, isOpen } = judgeOf(saved, pipeline, ignored, isFilteredByFile);
  const found = differ(report, { isSameMachine });
  const before: Row[] = [];
  for (const row of askedFor(saved.rows, pipeline.query, machines)) {
    const standing = standingOf(row, 'before');
    if (standing === null) continue;
    if (standing !== 'counterpart') before.push(row);
    found.before(row as never, standing);
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
        const standing = standingOf(row, 'after');
        if (standing !== null) found.after(row as never, standing);
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
    compiled(expressions, { protocols: query.protocols, lookups }),
  );
}

type Side = 'before' | 'after';

const otherSide = { before: 'after', after: 'before' } as const;

/**
 * How a row is compared; null: it is not. At the moment when its side was read it must be asked for, and not ignored; if
 * it is so only at that of the other side, it is a counterpart: that something grew older is no difference. `isOpen`: no
 * row is known to be compared, and rows of which that is unknown may differ.
 */
function judgeOf(
  { report, takenAt }: Pick<Compared, 'report' | 'takenAt'>,
  pipeline: Pipeline,
  ignored: Ignored | null,
  isFilteredByFile: boolean,
): { standingOf(row: Row, side: Side): Standing | null; isOpen(): boolean } {
  if (report !== 'sockets') return { standingOf: () => 'compared', isOpen: () => false };
  const places = ignored === null ? null : openPlaces();
  let isDecided = false;
  const [then, now] = [Date.parse(takenAt), Date.now()];
  const isAsked = { before: pipeline.fitAt(then), after: pipeline.fitAt(now) };
  const isIgnored = ignored && { before: ignored.fitAt(then), after: ignored.fitAt(now) };
  const comparesAges = isAsked.before !== isAsked.after || isIgnored?.before !== isIgnored?.after;
  /** Whether a row of that side would be compared if it had been read when that of `time` was. */
  const fitAt = (row: Socket, side: Side, time: Side): Fit | 'ignored' => {
    const found = isAsked[time](row);
    if (found === 'no') return found;
    const asked = side === 'before' && isFilteredByFile ? 'yes' : found;
    const left = isIgnored === null ? 'no' : isIgnored[time](row);
    return left === 'no' ? asked : left === 'yes' ? 'ignored' : left;
  };
  const standingOf = (row: Row, side: Side) => {
    const socket = row as Socket;
    const fit = fitAt(socket, side, side);
    if (fit === 'yes') {
      isDecided = true;
      return 'compared';
    }
    if (fit !== 'no' && !isDecided) places?.note(socket, side, fit === 'unknown');
    if (fit === 'unknown') return 'undecided';
    if (!comparesAges) return null;
    const other = fitAt(socket, side, otherSide[side]);
    return other === 'yes' || other === 'unknown' ? 'counterpart' : null;
  };
  return { standingOf, isOpen: () => !isDecided && (places === null || places.areOpen()) };
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
