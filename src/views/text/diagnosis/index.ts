import type { Diagnosis } from '../../../model/diagnosis.ts';
import type { Format } from '../../../model/view.ts';
import type { ViewContext } from '../text-view.ts';

/** Makes text of a diagnosis. */
export type DiagnosisFormatter = (
  diagnosis: Diagnosis,
  context: ViewContext,
) => Promise<string> | string;

/** Every format that findings can have; each is loaded when asked for. */
const formatters = {
  netstat: async () => (await import('./text.ts')).findingsText,
  table: async () => (await import('./table.ts')).findingsTable,
  json: async () => (await import('./records.ts')).findingsJson,
  ndjson: async () => (await import('./records.ts')).findingsNdjson,
  csv: async () => (await import('./records.ts')).findingsCsv,
} satisfies Record<Format, () => Promise<DiagnosisFormatter>>;

/** What makes text of findings in a format. */
export function diagnosisFormatter(format: Format): Promise<DiagnosisFormatter> {
  return formatters[format]();
}
