import type { ReportKind, ReportRows } from './snapshot.ts';

/** The reports that can be compared: counters always differ. */
export type ComparedReport = Exclude<ReportKind, 'statistics'>;

/** A field that differs, by its place in the row, and its two values in words. null: there is none. */
export interface FieldChange {
  /** As in JSON: `state`, `local.address`, `owners.program` … */
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** A row that is there before and after, and is not the same. */
export interface Changed<R> {
  readonly fields: readonly FieldChange[];
  readonly before: R;
  readonly after: R;
}

/** A row that is the same by all that is compared, and yet another: a daemon was restarted. */
export interface Replaced<R> {
  readonly before: R;
  readonly after: R;
}

/** How many rows could not be compared, or not wholly. */
export interface NotCompared {
  /** Sockets whose owners are not known on one side or both. */
  readonly owners: number;
  /** Of these, sockets whose owners neither side tells: it was so before. */
  readonly ownersHidden: number;
  /** UNIX sockets without a name of their own, on both sides together: nothing tells one from another. */
  readonly unnamed: number;
  /** Rows of which cannot be told whether a filter or `--ignore` chooses them, since what it asks is not known. */
  readonly undecided: number;
}

/** What differs between two answers to the same question, each list in an order of its own, whatever that of the rows was. */
export interface Difference<K extends ComparedReport = 'sockets'> {
  readonly report: K;
  readonly added: readonly ReportRows[K][];
  readonly removed: readonly ReportRows[K][];
  readonly changed: readonly Changed<ReportRows[K]>[];
  /** No change: the same server by another process, the same connection anew. */
  readonly replaced: readonly Replaced<ReportRows[K]>[];
  readonly notCompared: NotCompared;
}

/** Whether two answers are the same: what was replaced is no difference. */
export function isSame({ added, removed, changed }: Difference<ComparedReport>): boolean {
  return added.length + removed.length + changed.length === 0;
}
