import type { ComparedReport, Difference, FieldChange } from '../../../model/report/difference.ts';
import type { Row } from '../../../model/report/snapshot.ts';

/** One difference: a row that is gone has no `after`, a new one no `before`. */
export interface OneDifference {
  /** How the row differs. */
  readonly kind: 'removed' | 'added' | 'changed' | 'replaced';
  readonly fields: readonly FieldChange[];
  readonly before: Row | null;
  readonly after: Row | null;
}

/** Every difference: removed, added, changed and replaced rows. */
export function* eachDifference(difference: Difference<ComparedReport>): Generator<OneDifference> {
  const { added, removed, changed, replaced } = difference;
  for (const row of removed) yield { kind: 'removed', fields: [], before: row, after: null };
  for (const row of added) yield { kind: 'added', fields: [], before: null, after: row };
  for (const { fields, before, after } of changed) yield { kind: 'changed', fields, before, after };
  for (const { before, after } of replaced) yield { kind: 'replaced', fields: [], before, after };
}
