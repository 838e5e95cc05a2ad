import type { EventFormat } from '../../../model/request/view.ts';
import type { EventView } from './event-view.ts';

/** Loaded on demand. A JSON document would never end, so `json` is an object a line. */
const views = {
  netstat: async () => (await import('./netstat.ts')).eventsNetstat,
  json: async () => (await import('./ndjson.ts')).eventsNdjson,
  ndjson: async () => (await import('./ndjson.ts')).eventsNdjson,
  csv: async () => (await import('./csv.ts')).eventsCsv,
} satisfies Record<EventFormat, () => Promise<EventView>>;

/** The event view of a format. */
export function eventViewFor(format: EventFormat): Promise<EventView> {
  return views[format]();
}
