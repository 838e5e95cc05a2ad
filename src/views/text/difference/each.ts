import type { ComparedReport, Difference, FieldChange } from '../../../model/difference.ts';
import type { Row } from '../../../model/snapshot.ts';

/** What has become of a row. */
const differenceKinds = ['removed', 'added', 'changed', 'replaced'] as const;

/** One difference: of a row that is gone there is no `after`, of one that came no `before`. */
export interface OneDifference {
  readonly kind: (typeof differenceKinds)[number];
  readonly fields: readonly FieldChange[];
  readonly before: Row | null;
  readonly after: Row | null;
}

/** Every difference: what is gone, what came, what has changed, what was replaced. */
export function* eachDifference(difference: Difference<ComparedReport>): Generator<OneDifference> {
  const { added, removed, changed, replaced } = difference;
  for (const row of removed) yield { kind: 'removed', fields: [], before: row, after: null };
  for (const row of added) yield { kind: 'added', fields: [], before: null, after: row };
  for (const { fields, before, after } of changed) yield { kind: 'changed', fields, before, after };
  for (const { before, after } of replaced) yield { kind: 'replaced', fields: [], before, after };
}
