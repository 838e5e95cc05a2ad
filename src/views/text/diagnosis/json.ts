import type { Diagnosis } from '../../../model/report/diagnosis.ts';
import { exactJson } from '../../../text/json-text.ts';

/**
 * One document, described by `diagnosisDocument` of the schema; each finding, check and warning is on a line of its
 * own.
 */
export function diagnosisJson(diagnosis: Diagnosis): string {
  const { schemaVersion, platform, takenAt, service } = diagnosis;
  const { findings, checks, notRun, warnings } = diagnosis;
  const head = exactJson({ schemaVersion, platform, takenAt, service }).slice(0, -1);
  const lists = Object.entries({ findings, checks, notRun, warnings }).map(
    ([name, rows]) =>
      `"${name}":[${rows.map((row) => `\n${exactJson(row)}`).join(',')}${rows.length > 0 ? '\n' : ''}]`,
  );
  return `${head},${lists.join(',')}}\n`;
}
