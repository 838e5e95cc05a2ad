import type { Diagnosis } from '../../../model/report/diagnosis.ts';
import { exactJson } from '../../../text/json-text.ts';

/** One line for each finding, like the rows of other reports; the service that was asked about comes first. */
export function diagnosisNdjson(diagnosis: Diagnosis): string {
  const { schemaVersion, platform, takenAt, service, findings } = diagnosis;
  const of = (report: string) => ({ schemaVersion, platform, report, takenAt });
  const summary = service === undefined ? '' : `${exactJson({ ...of('service'), ...service })}\n`;
  const start = of('findings');
  return summary + findings.map((finding) => `${exactJson({ ...start, ...finding })}\n`).join('');
}
