import { schemaVersion } from '../../../model/report/snapshot.ts';
import { exactJson } from '../../../text/json-text.ts';
import type { EventView } from './event-view.ts';

/** One JSON object a line for each event, described by `#/$defs/event` of schema/tsnetstat.schema.json. */
export const eventsNdjson: EventView = {
  header: () => '',
  lines({ platform }) {
    return (event) => `${exactJson({ schemaVersion, platform, report: 'events', ...event })}\n`;
  },
};
