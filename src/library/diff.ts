import { differenceOf } from '../analysis/difference.ts';
import { NetstatError } from '../errors.ts';
import type { ComparedReport, Difference } from '../model/difference.ts';
import { type ReportRows, type Snapshot, schemaVersion } from '../model/snapshot.ts';

/** How two answers are compared. */
export interface DiffOptions<K extends ComparedReport = 'sockets'> {
  /** Rows for which it is true are left out on both sides. */
  readonly ignore?: ((row: ReportRows[K]) => boolean) | undefined;
  /**
   * Both are of one machine, so that PIDs and inodes tell what was replaced. Default: where their platforms are
   * the same.
   */
  readonly sameMachine?: boolean | undefined;
}

const reports: readonly ComparedReport[] = ['sockets', 'routes', 'interfaces', 'groups'];

/**
 * What differs between two answers of one report: those of this library, or what `--json` and `--save` wrote, parsed.
 * Reads nothing and changes nothing. What is recognized by what is in docs/changes.md: a restart is no change, and
 * what one side does not know is none either.
 * @throws NetstatError `usage` where they are not answers of one report that can be compared
 */
export function diff<K extends ComparedReport = 'sockets'>(
  before: Snapshot<K>,
  after: Snapshot<K>,
  { ignore, sameMachine }: DiffOptions<K> = {},
): Difference<K> {
  const [report, other] = [reportOf(before, 'before'), reportOf(after, 'after')];
  if (report !== other) throw usage('after', `expected ${report}, as before, found ${other}`);
  const rowsOf = (answer: Snapshot<K>) => {
    const rows = (answer as unknown as Record<string, readonly ReportRows[K][]>)[report] ?? [];
    return ignore === undefined ? rows : rows.filter((row) => !ignore(row));
  };
  return differenceOf<K>(report as K, rowsOf(before), rowsOf(after), {
    isSameMachine: sameMachine ?? before.platform === after.platform,
  });
}

function reportOf(answer: unknown, name: string): ComparedReport {
  if (typeof answer !== 'object' || answer === null) {
    throw usage(name, 'expected an answer, such as snapshot() gives');
  }
  if (!('schemaVersion' in answer) || answer.schemaVersion !== schemaVersion) {
    throw usage(name, `expected an answer of schemaVersion ${schemaVersion}`);
  }
  const report = reports.find((one) => Array.isArray((answer as Record<string, unknown>)[one]));
  if (report === undefined) throw usage(name, `expected one of ${reports.join(', ')} in it`);
  return report;
}

function usage(name: string, what: string): NetstatError {
  return new NetstatError('usage', `${name}: ${what}`, { path: name });
}
