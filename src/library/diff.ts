import { differenceOf } from '../analysis/difference/difference.ts';
import { errorNaming, type NetstatError } from '../errors.ts';
import type { ComparedReport, Difference } from '../model/report/difference.ts';
import { type ReportRows, type Snapshot, schemaVersion } from '../model/report/snapshot.ts';
import { isJsonObject } from '../text/json-object.ts';
import { checkedCopy, checkOne, type Kind, yesOrNo } from './options.ts';

/** How two answers are compared. */
export interface DiffOptions<K extends ComparedReport = 'sockets'> {
  /** Rows for which it returns true are left out on both sides. */
  readonly ignore?: ((row: ReportRows[K]) => boolean) | undefined;
  /**
   * Whether both answers are of one machine, so that PIDs and inodes show what was replaced. Default: true if their
   * platforms are the same.
   */
  readonly sameMachine?: boolean | undefined;
}

const kinds = {
  ignore: { expected: 'a function', allows: (value) => typeof value === 'function' },
  sameMachine: yesOrNo,
} satisfies Record<keyof DiffOptions, Kind>;

const answerKind: Kind = { ...yesOrNo, expected: 'true or false from the function' };

const reports: readonly ComparedReport[] = ['sockets', 'routes', 'interfaces', 'groups'];

/**
 * What differs between two answers of the same report: those of this library, or the parsed output of `--json` or
 * `--save`. Reads nothing from the system and does not change its arguments. docs/changes.md says how rows are
 * matched: a restart is not a change, nor is what one side does not know.
 * @throws NetstatError `usage` if they are not answers of one report that can be compared, or `ignore` returns anything
 * but true or false
 */
export function diff<K extends ComparedReport = 'sockets'>(
  before: Snapshot<K>,
  after: Snapshot<K>,
  options: DiffOptions<K> = {},
): Difference<K> {
  const { ignore, sameMachine } = checkedCopy(options, kinds);
  const [report, other] = [reportOf(before, 'before'), reportOf(after, 'after')];
  if (report !== other) throw usage('after', `expected ${report}, as before, found ${other}`);
  const rowsOf = (answer: Snapshot<K>) => {
    const rows = (answer as unknown as Record<ComparedReport, readonly ReportRows[K][]>)[report];
    return ignore === undefined ? rows : rows.filter((row) => !isIgnored(ignore(row)));
  };
  return differenceOf<K>(report as K, rowsOf(before), rowsOf(after), {
    isSameMachine: sameMachine ?? before.platform === after.platform,
  });
}

/** Checks what `ignore` returned: a promise would count as true for every row, and nothing would differ. */
function isIgnored(answer: unknown): boolean {
  checkOne('ignore', answer, answerKind);
  return answer === true;
}

/** Whether `answer` is one of that report, checked as far as comparing needs. */
export function isAnswerOf(report: ComparedReport, answer: unknown): boolean {
  try {
    return reportOf(answer, '') === report;
  } catch {
    return false;
  }
}

function reportOf(answer: unknown, name: string): ComparedReport {
  if (typeof answer !== 'object' || answer === null) {
    throw usage(name, 'expected an answer, such as snapshot() gives');
  }
  if (!('schemaVersion' in answer) || answer.schemaVersion !== schemaVersion) {
    throw usage(name, `expected an answer of schemaVersion ${schemaVersion}`);
  }
  const lists = answer as Readonly<Record<string, unknown>>;
  const report = reports.find((one) => Array.isArray(lists[one]));
  if (report === undefined) throw usage(name, `expected one of ${reports.join(', ')} in it`);
  const at = (lists[report] as readonly unknown[]).findIndex((row) => !isRow[report](row));
  if (at >= 0) throw usage(name, `${report}[${at}] is no row of ${report}`);
  return report;
}

/** Whether something is a row of the report, checked as far as comparing needs. */
const isRow: Readonly<Record<ComparedReport, (row: unknown) => boolean>> = {
  sockets: (row) =>
    isJsonObject(row) &&
    typeof row.protocol === 'string' &&
    (row.protocol === 'unix' || (isJsonObject(row.local) && isJsonObject(row.remote))),
  routes: (row) => isJsonObject(row) && typeof row.destination === 'string',
  interfaces: (row) => isJsonObject(row) && typeof row.name === 'string',
  groups: (row) => isJsonObject(row) && typeof row.group === 'string',
};

function usage(name: string, what: string): NetstatError {
  return errorNaming('usage', name, what);
}
