import type { Format } from '../../../model/request/view.ts';
import type { DiagnosisFormatter } from './diagnosis-view.ts';

/** Every format of a diagnosis, loaded on demand. */
const formatters = {
  netstat: async () => (await import('./netstat.ts')).diagnosisNetstat,
  table: async () => (await import('./table.ts')).diagnosisTable,
  json: async () => (await import('./json.ts')).diagnosisJson,
  ndjson: async () => (await import('./ndjson.ts')).diagnosisNdjson,
  csv: async () => (await import('./csv.ts')).diagnosisCsv,
} satisfies Record<Format, () => Promise<DiagnosisFormatter>>;

/** The formatter of a format. */
export function diagnosisFormatterFor(format: Format): Promise<DiagnosisFormatter> {
  return formatters[format]();
}
