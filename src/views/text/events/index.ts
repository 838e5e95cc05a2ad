import type { EventFormat } from '../../../model/request/view.ts';
import type { EventView } from './event-view.ts';

export type { EventView } from './event-view.ts';

/** Loaded on demand. A JSON document would never end, so `json` is an object a line. */
const views = {
  netstat: async () => (await import('./lines.ts')).eventLines,
  json: async () => (await import('./records.ts')).eventRecords,
  ndjson: async () => (await import('./records.ts')).eventRecords,
  csv: async () => (await import('./cells.ts')).eventCells,
} satisfies Record<EventFormat, () => Promise<EventView>>;

/** The event view of a format. */
export function eventViewFor(format: EventFormat): Promise<EventView> {
  return views[format]();
}
