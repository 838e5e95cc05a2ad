import type { ReportKind, ReportRows } from './snapshot.ts';

/** The reports that can be compared. Not statistics: counters always differ. */
export type ComparedReport = Exclude<ReportKind, 'statistics'>;

/** A field that differs, and its two values as text. null: the row has no such field. */
export interface FieldChange {
  /** Its path in JSON: `state`, `local.address`, `owners.program` … */
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** A row that exists before and after, and differs. */
export interface Changed<R> {
  readonly fields: readonly FieldChange[];
  readonly before: R;
  readonly after: R;
}

/** A row that matches in all that is compared, but is not the same socket or route: a daemon was restarted. */
export interface Replaced<R> {
  readonly before: R;
  readonly after: R;
}

/** How many rows could not be compared, or not completely. */
export interface NotCompared {
  /** Sockets whose owners are not known on one or both sides. */
  readonly owners: number;
  /** Of these, sockets whose owners are known on neither side. */
  readonly ownersHidden: number;
  /** UNIX sockets without a name, TCP and UDP sockets without a port, on both sides together: nothing distinguishes them. */
  readonly unnamed: number;
  /** Rows for which a filter or `--ignore` cannot be decided, since a field that it asks for is not known. */
  readonly undecided: number;
}

/**
 * What differs between two answers to the same question. Each list has a fixed order that does not depend on the
 * rows'.
 */
export interface Difference<K extends ComparedReport = 'sockets'> {
  readonly report: K;
  readonly added: readonly ReportRows[K][];
  readonly removed: readonly ReportRows[K][];
  readonly changed: readonly Changed<ReportRows[K]>[];
  /** Not a change: the same server in another process, the same connection opened again. */
  readonly replaced: readonly Replaced<ReportRows[K]>[];
  readonly notCompared: NotCompared;
}

/** Whether two answers are the same; replaced rows do not count as a difference. */
export function isSame({ added, removed, changed }: Difference<ComparedReport>): boolean {
  return added.length + removed.length + changed.length === 0;
}
