import { eventCells, eventColumns } from '../../../attributes/socket-events.ts';
import { csvCell, csvColumns, csvLineEnd, lineOf } from '../csv.ts';
import type { EventContext, EventView } from './event-view.ts';

/** The columns of a socket without the reading's time: the event has its own. */
function columnsOf(context: EventContext) {
  return csvColumns('sockets', context).filter(({ key }) => key !== 'taken');
}

/**
 * CSV as in listings (`csv.ts`): the columns of the event before those of the socket. Warnings have no line; they
 * go to standard error.
 */
export const eventsCsv: EventView = {
  header(context) {
    if (!context.view.header) return '';
    const keys = [...eventColumns, ...columnsOf(context)].map(({ key }) => key);
    return keys.join(',') + csvLineEnd;
  },
  lines(context) {
    const columns = columnsOf(context);
    return (event) => {
      if (event.event === 'warning') return '';
      const cellContext = { takenAt: event.time, names: context.names, previous: null };
      const own = eventCells(event).map(csvCell).join(',');
      return `${own},${lineOf(columns, event.socket, cellContext)}${csvLineEnd}`;
    };
  },
};
