import type { Format } from '../../model/request/view.ts';
import { netstatView } from './netstat/index.ts';
import type { TextView } from './text-view.ts';

/** Every format; all but netstat's own are loaded on demand. */
const views = {
  netstat: async () => netstatView,
  table: async () => (await import('./table.ts')).tableView,
  json: async () => (await import('./json.ts')).jsonView,
  ndjson: async () => (await import('./ndjson.ts')).ndjsonView,
  csv: async () => (await import('./csv.ts')).csvView,
} satisfies Record<Format, () => Promise<TextView>>;

/** The view of a format. */
export function textViewFor(format: Format): Promise<TextView> {
  return views[format]();
}
