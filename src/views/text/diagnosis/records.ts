import { shownFindingAttributes } from '../../../attributes/findings.ts';
import type { Diagnosis } from '../../../model/report/diagnosis.ts';
import { noNames } from '../../../model/report/names.ts';
import { exactJson } from '../../../text/json-text.ts';
import { csvCell, csvLineEnd } from '../csv.ts';
import type { ViewContext } from '../text-view.ts';

/**
 * One document, described by `diagnosisDocument` of the schema; each finding, check and warning is on a line of its
 * own.
 */
export function findingsJson(diagnosis: Diagnosis): string {
  const { schemaVersion, platform, takenAt, service } = diagnosis;
  const { findings, checks, notRun, warnings } = diagnosis;
  const head = exactJson({ schemaVersion, platform, takenAt, service }).slice(0, -1);
  const lists = Object.entries({ findings, checks, notRun, warnings }).map(
    ([name, rows]) =>
      `"${name}":[${rows.map((row) => `\n${exactJson(row)}`).join(',')}${rows.length > 0 ? '\n' : ''}]`,
  );
  return `${head},${lists.join(',')}}\n`;
}

/** One line for each finding, like the rows of other reports; the service that was asked about comes first. */
export function findingsNdjson(diagnosis: Diagnosis): string {
  const { schemaVersion, platform, takenAt, service, findings } = diagnosis;
  const of = (report: string) => ({ schemaVersion, platform, report, takenAt });
  const summary = service === undefined ? '' : `${exactJson({ ...of('service'), ...service })}\n`;
  const start = of('findings');
  return summary + findings.map((finding) => `${exactJson({ ...start, ...finding })}\n`).join('');
}

/** One row for each finding; the columns are always the same. */
export function findingsCsv({ findings, takenAt }: Diagnosis, { view }: ViewContext): string {
  const context = { takenAt, names: noNames, previous: null };
  const columns = shownFindingAttributes(view.machines !== null);
  const lines = findings.map((finding) =>
    columns.map(({ value }) => csvCell(value(finding, context))).join(','),
  );
  const head = view.header ? [columns.map(({ key }) => key).join(',')] : [];
  return [...head, ...lines].map((line) => line + csvLineEnd).join('');
}
