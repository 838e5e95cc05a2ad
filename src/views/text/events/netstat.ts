import { pickColumns } from '../../../attributes/index.ts';
import type { Row } from '../../../model/report/snapshot.ts';
import type { LastTraffic, SocketChange } from '../../../model/report/socket-event.ts';
import { sanitize } from '../../../text/sanitize.ts';
import { timeOfDay } from '../../../text/time-of-day.ts';
import { customHeader, customLine } from '../netstat/custom.ts';
import { hostColumn, withHost } from '../netstat/host-column.ts';
import { inetHeader, inetRow } from '../netstat/inet.ts';
import { left } from '../netstat/pad.ts';
import { unixHeader, unixRow } from '../netstat/unix.ts';
import type { EventContext, EventView } from './event-view.ts';

/** `14:03:12.345`, local; `opened` and `closed` are the longest events. */
const [timeWidth, eventWidth] = [12, 6];

/**
 * A line for each event: local time, event, and netstat's columns in netstat's widths, followed by what else is
 * known as `name=value`: how long the socket was seen, a connection's traffic, the old values.
 */
export const eventsNetstat: EventView = {
  header(context) {
    if (!context.view.header) return '';
    const start = `${left('Time', timeWidth)} ${left('Event', eventWidth)} `;
    return columnNames(context)
      .map((names) => {
        const line = `${start}${names}`;
        return `${context.paint?.heading(line) ?? line}\n`;
      })
      .join('');
  },
  lines(context) {
    const { paint } = context;
    const row = rowText(context);
    return (event) => {
      // Warnings go to standard error.
      if (event.event === 'warning') return '';
      const word = left(event.event, eventWidth);
      const time = localTime(event.time);
      const start = `${paint?.quiet(time) ?? time} ${paint?.strong(word) ?? word}`;
      return `${start} ${row(event)} ${known(event)}`.trimEnd().concat('\n');
    };
  },
};

/** The column headers: a line for each kind of row that can come. */
function columnNames(context: EventContext): readonly string[] {
  const { view, query } = context;
  if (view.columns !== null) return [customHeader(columnsOf(view.columns))];
  const whole = { ...context, previous: null };
  const last = (header: string) => header.trimEnd().split('\n').at(-1) ?? '';
  const isUnix = (protocol: string) => protocol === 'unix';
  return [
    ...(query.protocols.every(isUnix) ? [] : [last(inetHeader(whole))]),
    ...(query.protocols.some(isUnix) ? [last(unixHeader(whole))] : []),
  ];
}

function columnsOf(names: readonly string[]) {
  return pickColumns('sockets', names) as ReturnType<typeof pickColumns<'sockets'>> &
    Parameters<typeof customHeader>[0];
}

/** Makes netstat's part of a line, without a line break. */
function rowText(context: EventContext): (event: SocketChange) => string {
  const { view, names } = context;
  if (view.columns !== null) {
    const columns = columnsOf(view.columns);
    return ({ socket, time: takenAt }) =>
      customLine(columns, socket as Row, { takenAt, names, previous: null }, context);
  }
  const whole = { ...context, previous: null };
  const column = hostColumn(view);
  const inet = withHost(column, inetRow(whole));
  const unheld = whole.facts.filter((fact) => fact !== 'users' && fact !== 'inodes');
  const heard = withHost(column, inetRow({ ...whole, facts: unheld }));
  const unix = withHost(column, unixRow(whole));
  return (event) => {
    const { socket } = event;
    if (socket.protocol === 'unix') return unix(socket).slice(0, -1);
    return (isOnlyHeard(event) ? heard : inet)(socket).slice(0, -1);
  };
}

/** No reading saw this socket: the kernel's message has neither user nor inode. */
function isOnlyHeard({ knownBy, seenFor }: SocketChange): boolean {
  return knownBy === 'kernel' && seenFor === null;
}

function localTime(time: string): string {
  const milliseconds = String(new Date(time).getMilliseconds()).padStart(3, '0');
  return `${timeOfDay(time)}.${milliseconds}`;
}

/** What is known beyond the row. The program is last, as its name may contain blanks. */
function known({
  event,
  seenFor,
  stateBefore,
  ownersBefore,
  traffic,
  knownBy,
}: SocketChange): string {
  switch (event) {
    case 'opened':
      return '';
    case 'state':
      return `was=${stateBefore ?? '-'}`;
    case 'owner': {
      const owners = (ownersBefore ?? []).map(({ pid, program }) => `${pid}/${program ?? '-'}`);
      return `was=${owners.length === 0 ? '-' : sanitize(owners.join(','))}`;
    }
    case 'closed': {
      const seen = seenFor === null ? 'never' : `${(seenFor / 1000).toFixed(3)}s`;
      return [`seen=${seen}`, `by=${knownBy}`, ...trafficTexts(traffic)].join(' ');
    }
  }
}

function trafficTexts(traffic: LastTraffic | null): readonly string[] {
  if (traffic === null) return [];
  const { bytesSent, bytesReceived, rtt, retransmitted } = traffic;
  const texts = {
    sent: bytesSent,
    recv: bytesReceived,
    rtt: rtt === null ? null : `${rtt}ms`,
    retrans: retransmitted,
  };
  return Object.entries(texts).map(([name, value]) => `${name}=${value ?? '-'}`);
}
