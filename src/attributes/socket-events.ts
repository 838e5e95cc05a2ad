import type { SocketChange } from '../model/report/socket-event.ts';
import type { Cell } from './attribute.ts';

/** A fact of an event, besides those of its socket: a column in CSV, a key in JSON. */
export interface EventColumn {
  /** Its name in CSV; lower-case, stable between versions. */
  readonly key: string;
  /** Its place in JSON: the definition in the schema, and its field. */
  readonly field: string;
  /** What it means, in full sentences. JSON Schema uses the same text. */
  readonly meaning: string;
  value(change: SocketChange): Cell;
}

const number = (value: number | bigint | null | undefined) => String(value ?? '');

/** The columns of an event, in CSV's order. */
export const eventColumns: readonly EventColumn[] = [
  {
    key: 'time',
    field: 'socketChange.time',
    meaning:
      'Time of the event, ISO 8601, UTC: the start of the round that detected it, or the close itself if the kernel reported it.',
    value: ({ time }) => time,
  },
  {
    key: 'event',
    field: 'socketChange.event',
    meaning: 'What happened to the socket.',
    value: ({ event }) => event,
  },
  {
    key: 'knownby',
    field: 'socketChange.knownBy',
    meaning: '`kernel`: the kernel reported the close as it happened. `round`: two rounds differ.',
    value: ({ knownBy }) => knownBy,
  },
  {
    key: 'seenfor',
    field: 'socketChange.seenFor',
    meaning:
      '`closed`: milliseconds since the socket was first seen; it was open at least that long. null: no round saw it.',
    value: ({ seenFor }) => number(seenFor),
  },
  {
    key: 'statebefore',
    field: 'socketChange.stateBefore',
    meaning: '`state`: the previous state; null for other events.',
    value: ({ stateBefore }) => stateBefore ?? '',
  },
  {
    key: 'ownersbefore',
    field: 'socketChange.ownersBefore',
    meaning:
      '`owner`: the previous owners, empty if it had none (not accepted yet); null for other events.',
    value: ({ ownersBefore }) =>
      (ownersBefore ?? []).map(({ pid, program }) => `${pid}/${program ?? '-'}`),
  },
  {
    key: 'totalsent',
    field: 'lastTraffic.bytesSent',
    meaning: 'Bytes sent, retransmissions included; null if not known.',
    value: ({ traffic }) => number(traffic?.bytesSent),
  },
  {
    key: 'totalreceived',
    field: 'lastTraffic.bytesReceived',
    meaning: 'Bytes received; null if not known.',
    value: ({ traffic }) => number(traffic?.bytesReceived),
  },
  {
    key: 'lastrtt',
    field: 'lastTraffic.rtt',
    meaning: 'Smoothed round-trip time in milliseconds; null if not measured or not known.',
    value: ({ traffic }) => number(traffic?.rtt),
  },
  {
    key: 'totalretrans',
    field: 'lastTraffic.retransmitted',
    meaning: 'Segments retransmitted; null if not known.',
    value: ({ traffic }) => number(traffic?.retransmitted),
  },
];

/** An event's cells, in the order of `eventColumns`. */
export function eventCells(change: SocketChange): readonly Cell[] {
  return eventColumns.map(({ value }) => value(change));
}
