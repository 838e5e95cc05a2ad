import type { Diagnosis } from '../../../model/report/diagnosis.ts';
import type { Format } from '../../../model/request/view.ts';
import type { ViewContext } from '../text-view.ts';

/** Formats a diagnosis. */
export type DiagnosisFormatter = (
  diagnosis: Diagnosis,
  context: ViewContext,
) => Promise<string> | string;

/** Every format of findings, loaded on demand. */
const formatters = {
  netstat: async () => (await import('./text.ts')).findingsText,
  table: async () => (await import('./table.ts')).findingsTable,
  json: async () => (await import('./records.ts')).findingsJson,
  ndjson: async () => (await import('./records.ts')).findingsNdjson,
  csv: async () => (await import('./records.ts')).findingsCsv,
} satisfies Record<Format, () => Promise<DiagnosisFormatter>>;

/** The formatter of a format. */
export function diagnosisFormatter(format: Format): Promise<DiagnosisFormatter> {
  return formatters[format]();
}
