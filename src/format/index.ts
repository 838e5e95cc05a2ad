import type { Format } from '../model/request.js';
import type { Formatter } from './formatter.js';
import { netstat } from './netstat/index.js';

/** Every format there is; all but netstat's own are loaded when asked for. */
const formatters = {
  netstat: async () => netstat,
  table: async () => (await import('./table.js')).table,
  json: async () => (await import('./json.js')).json,
  ndjson: async () => (await import('./ndjson.js')).ndjson,
  csv: async () => (await import('./csv.js')).csv,
} satisfies Record<Format, () => Promise<Formatter>>;

/** What makes text of rows in a format. */
export function formatterFor(format: Format): Promise<Formatter> {
  return formatters[format]();
}
