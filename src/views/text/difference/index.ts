import type { Format } from '../../../model/request/view.ts';
import type { DifferenceFormatter } from './difference-view.ts';
import { differenceNetstat } from './netstat.ts';

/** Every format of a comparison; a table has no room for two sides. */
const formatters = {
  netstat: async () => differenceNetstat,
  table: async () => differenceNetstat,
  json: async () => (await import('./json.ts')).differenceJson,
  ndjson: async () => (await import('./ndjson.ts')).differenceNdjson,
  csv: async () => (await import('./csv.ts')).differenceCsv,
} satisfies Record<Format, () => Promise<DifferenceFormatter>>;

/** The formatter of a format. */
export function differenceFormatterFor(format: Format): Promise<DifferenceFormatter> {
  return formatters[format]();
}
