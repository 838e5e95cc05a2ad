import type { Format } from '../../../model/request/view.ts';
import type { DifferenceFormatter } from './difference-view.ts';
import { lines } from './lines.ts';

/** The formatters of comparisons; a table has no room for two sides. */
export const differenceFormats = {
  netstat: async () => lines,
  table: async () => lines,
  json: async () => (await import('./json.ts')).differenceJson,
  ndjson: async () => (await import('./ndjson.ts')).differenceNdjson,
  csv: async () => (await import('./csv.ts')).differenceCsv,
} satisfies Record<Format, () => Promise<DifferenceFormatter>>;
