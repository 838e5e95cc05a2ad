import { differ } from '../../analysis/difference/difference.ts';
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
interface Found {
  readonly difference: Difference<ComparedReport>;
  /** Of no row it is known whether the filters select it, and none could be compared. */
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
type Compared = Pick<Saved, 'report' | 'warnings'> & { readonly rows: readonly Row[] };

/** How rows are compared. */
interface Comparing {
  /** The machines that are asked now; null: this one. */
  readonly machines: Target['machines'];
  readonly ignored: Ignored | null;
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
  { machines, ignored, isSameMachine, keepsRows }: Comparing,
): Promise<Found> {
  const report = saved.report as ComparedReport;
  const { fits, isDecided } = fitterOf(pipeline, ignored, report);
  const found = differ(report, { isSameMachine });
  const before: Row[] = [];
  for (const row of askedFor(saved.rows, pipeline.query, machines)) {
    const fit = fits(row);
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
        const fit = fits(row);
        if (fit !== 'no') found.after(row as never, fit === 'unknown');
      }
    }
  });
  const difference = found.difference();
  const isUndecided = difference.notCompared.undecided > 0 && !isDecided();
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
  const machineNames = new Set(machines?.names ?? []);
  return rows.filter((row) => {
    if (row.host !== undefined && !machineNames.has(row.host)) return false;
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

/**
 * Whether a row is compared: it is asked for, and not ignored. `isDecided`: the filters selected one so far of which it
 * is known whether it is ignored.
 */
function fitterOf(
  pipeline: Pipeline,
  ignored: Ignored | null,
  report: ReportKind,
): { fits(row: Row): Fit; isDecided(): boolean } {
  if (report !== 'sockets') return { fits: () => 'yes', isDecided: () => true };
  const opposite = { yes: 'no', no: 'yes', unknown: 'unknown' } as const;
  let isDecided = false;
  const fits = (row: Row) => {
    const asked = pipeline.fit(row as Socket);
    if (asked === 'no') return asked;
    const left = ignored === null ? 'yes' : opposite[ignored.fit(row as Socket)];
    if (asked === 'yes' && left !== 'unknown') isDecided = true;
    return left === 'yes' ? asked : left;
  };
  return { fits, isDecided: () => isDecided };
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
