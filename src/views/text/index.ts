import type { Format } from '../../model/request.ts';
import type { Formatter } from './formatter.ts';
import { netstat } from './netstat/index.ts';

/** Every format there is; all but netstat's own are loaded when asked for. */
const formatters = {
  netstat: async () => netstat,
  table: async () => (await import('./table.ts')).table,
  json: async () => (await import('./json.ts')).json,
  ndjson: async () => (await import('./ndjson.ts')).ndjson,
  csv: async () => (await import('./csv.ts')).csv,
} satisfies Record<Format, () => Promise<Formatter>>;

/** What makes text of rows in a format. */
export function formatterFor(format: Format): Promise<Formatter> {
  return formatters[format]();
}
