import { shownFindingAttributes } from '../../../attributes/findings.ts';
import type { Diagnosis } from '../../../model/report/diagnosis.ts';
import { noNames } from '../../../model/report/names.ts';
import { csvCell, csvLineEnd } from '../csv.ts';
import type { ViewContext } from '../text-view.ts';

/** One row for each finding; the columns are always the same. */
export function diagnosisCsv({ findings, takenAt }: Diagnosis, { view }: ViewContext): string {
  const context = { takenAt, names: noNames, previous: null };
  const columns = shownFindingAttributes(view.machineNames !== null);
  const lines = findings.map((finding) =>
    columns.map(({ value }) => csvCell(value(finding, context))).join(','),
  );
  const head = view.header ? [columns.map(({ key }) => key).join(',')] : [];
  return [...head, ...lines].map((line) => line + csvLineEnd).join('');
}
