import { endText } from '../../model/address/text.ts';
import type { InetSocket, Socket } from '../../model/socket/socket.ts';
import { counted, countText } from '../../text/counted.ts';
import { isFullQueue, isNearlyFullQueue, queueLength } from '../queue-fill.ts';
import { check, type Draft, type Evidence } from './check.ts';
import { counterValue, grown } from './counters.ts';
import { percent, sum } from './numbers.ts';
import { atOnePlace, byServer } from './one-server.ts';

const why =
  'Connections wait in this queue until the program accepts them. While it is full the kernel answers no SYN and ignores the last packet of handshakes under way: clients wait in SYN_SENT, connect slowly or time out, and the server logs nothing.';

/** Servers that accept more slowly than connections arrive. */
export const acceptQueue = check({
  name: 'accept-queue',
  summary: 'servers with a full or nearly full accept queue',
  details:
    'A listening TCP socket whose accept queue has reached `full` percent of its limit (`backlog` of listen(2), limited to net.core.somaxconn): a warning, or critical if the queue is full. Connections dropped at full queues between the two readings (`ListenOverflows`) while no queue is full any more are also a warning: for each server whose own drops have grown, otherwise for the network, unless sockets are filtered. If sockets are not read over netlink, which shows limits and drops of servers, the finding names the servers whose queues held connections in both readings. What servers drop for other reasons (`ListenDrops` alone), such as no route back, is no finding. Queues with fewer than `least` connections are ignored unless full in both readings, because a burst briefly fills a short queue. The sockets of one program, user and unit at one address and port (SO_REUSEPORT) are one server and one finding.',
  about: 'sockets',
  thresholds: {
    full: { value: 80, unit: '%', meaning: 'of the limit is waiting' },
    least: { value: 8, meaning: 'connections are waiting' },
  },
  needs: {
    protocols: ['tcp'],
    serversOnly: true,
    socketInfo: true,
    rowFacts: ['queues'],
    counters: true,
    twoReadings: true,
    usefulFacts: ['acceptQueueLimit'],
  },
  watches: (socket) =>
    socket.protocol === 'tcp' &&
    socket.state === 'LISTEN' &&
    (queueLength(socket) > 0 || dropsOf(socket) > 0),
  ownersOf: ({ sockets }) => atOnePlace(sockets),
  find(evidence, { full, least }) {
    const dropped = grown(evidence, 'TcpExt', 'ListenOverflows') ?? 0;
    // A server's own count, like this one, includes drops for other reasons.
    const areOthers = (grown(evidence, 'TcpExt', 'ListenDrops') ?? 0) > dropped;
    const before = new Map(
      (evidence.before?.sockets ?? []).map((socket) => [socket.inode, socket]),
    );
    const queueOf = (socket: InetSocket): Queue | null => {
      const { length, limit } = socket.acceptQueue ?? { length: 0, limit: null };
      if (limit === null) return null;
      if (!isNearlyFullQueue(length, limit, full)) return null;
      const isFull = isFullQueue(length, limit);
      const wasLength = queueLength(before.get(socket.inode));
      const lasts = isFull && isFullQueue(wasLength, limit);
      return length < least && !lasts ? null : { socket, length, limit, wasLength, isFull };
    };
    const servers = byServer(evidence.sockets);
    const crowds = servers.map((sockets) => sockets.flatMap((one) => queueOf(one) ?? []));
    const drafts = crowds.flatMap((queues) =>
      queues.length === 0 ? [] : [crowded(queues, dropped, evidence)],
    );
    if (drafts.length > 0 || dropped === 0) return drafts;
    const total = counterValue(evidence, 'TcpExt', 'ListenOverflows');
    const dropping = servers.flatMap((sockets) => {
      const freshOf = (socket: InetSocket) => dropsOf(socket) - dropsOf(before.get(socket.inode));
      const those = sockets.filter((socket) => freshOf(socket) > 0);
      const fresh = Math.min(sum(those.map(freshOf)), dropped);
      if (fresh === 0) return [];
      const certainty: Draft['certainty'] = areOthers ? 'likely' : 'sure';
      return [{ ...droppedAt(those, fresh, evidence.seconds, total), certainty }];
    });
    if (dropping.length > 0) return dropping;
    const wasLengthOf = (socket: Socket) => queueLength(before.get(socket.inode));
    const suspects = servers.flatMap((sockets) => {
      const those = sockets.filter(
        (socket) => isOfUnknownLimit(socket) && queueLength(socket) > 0 && wasLengthOf(socket) > 0,
      );
      return those.length === 0 ? [] : [those];
    });
    if (suspects.length === 0) {
      return evidence.isFiltered ? [] : [droppedUnseen(dropped, evidence.seconds, total)];
    }
    const isOnly = suspects.length === 1 && !evidence.isFiltered;
    return suspects.map((sockets): Draft => {
      const waited = sum(sockets.map(wasLengthOf));
      return {
        ...droppedPerhapsAt(sockets, waited, dropped, evidence.seconds, total),
        certainty: isOnly ? 'likely' : 'worth a look',
      };
    });
  },
});

/** Only netlink shows the limit of a queue. */
function isOfUnknownLimit({ acceptQueue }: InetSocket): boolean {
  return (acceptQueue?.limit ?? null) === null;
}

/** How many connections a server has dropped; 0 for one that was not watched. */
function dropsOf(socket: Socket | undefined): number {
  return socket?.drops ?? 0;
}

/** A full or nearly full accept queue. */
interface Queue {
  readonly socket: InetSocket;
  readonly length: number;
  readonly limit: number;
  readonly wasLength: number;
  readonly isFull: boolean;
}

function crowded(queues: readonly Queue[], dropped: number, evidence: Evidence): Draft {
  const { system, seconds } = evidence;
  const { local } = (queues[0] as Queue).socket;
  const most = system.values.acceptQueueLimit ?? null;
  const waiting = sum(queues.map(({ length }) => length));
  const waited = sum(queues.map(({ wasLength }) => wasLength));
  const limits = queues.map(({ limit }) => limit);
  const limit = Math.min(...limits);
  const observations = [
    `${waitText(queues, waiting)}; a second before there ${waited === 1 ? 'was' : 'were'} ${countText(waited)}.`,
    ...(dropped > 0
      ? [
          `The kernel dropped ${counted(dropped, 'connection')} at full queues within ${seconds.toFixed(1)} s.`,
        ]
      : []),
  ];
  return {
    severity: queues.some(({ isFull }) => isFull) ? 'critical' : 'warning',
    certainty: 'sure',
    title: `${endText(local)}: ${fullText(queues)}`,
    observations,
    seen: {
      ...{ waiting, limit: sum(limits), waitingBefore: waited, queues: queues.length },
      ...{ dropped, maximum: most },
    },
    sockets: queues.map(({ socket }) => socket),
    why,
    remedy: `Find out why the program does not call accept(2): it may be stopped, busy, out of workers or descriptors (\`cat /proc/PID/stack\`, \`strace -p PID\`). ${longerText(limit, most)} A longer queue helps against bursts, not against a program that is too slow.`,
    command: ['-ltn', '--socket-info', '-p', 'sport', '=', `:${local.port}`],
  };
}

/**
 * How a queue of this limit becomes longer. `most` is net.core.somaxconn now; null: not known. The kernel took the
 * smaller of that and the backlog when the program called listen(2).
 */
function longerText(limit: number, most: number | null): string {
  if (most === null || limit < most) {
    const now = most === null ? '' : ` (now ${most})`;
    return `The program asked for ${limit}, or net.core.somaxconn${now} was ${limit} when it began to listen: configure a longer backlog in it if it asked for that, and restart it.`;
  }
  const raise = `\`sysctl -w net.core.somaxconn=${Math.max(limit, 1) * 4}\`, raise the backlog that the program passes to listen(2), and restart it.`;
  return limit === most
    ? `The queue is as long as net.core.somaxconn (${most}) allows: raise that with ${raise}`
    : `The queue is longer than net.core.somaxconn (${most}) allows now, which was lowered since the program began to listen, so a restart would shorten it. Raise that with ${raise}`;
}

function waitText(queues: readonly Queue[], waiting: number): string {
  const [{ socket, limit }] = queues as [Queue, ...Queue[]];
  const waits = waiting === 1 ? 'waits' : 'wait';
  const where = `to be accepted at ${endText(socket.local)}`;
  const more = queues.some(({ isFull }) => isFull) ? ' (the kernel admits one more)' : '';
  if (queues.length === 1) {
    return `${counted(waiting, 'connection')} ${waits} ${where}, with a limit of ${countText(limit)}${more}`;
  }
  const limits = [...new Set(queues.map((queue) => queue.limit))].sort((a, b) => a - b);
  return `${counted(waiting, 'connection')} ${waits} ${where}, in the queues of ${queues.length} sockets (SO_REUSEPORT), each with a limit of ${limits.map(countText).join(' or ')}${more}`;
}

/** How full the queues of a server are. */
function fullText(queues: readonly Queue[]): string {
  const full = queues.filter(({ isFull }) => isFull).length;
  const highest = Math.max(...queues.map(({ length, limit }) => percent(length, limit)));
  if (queues.length === 1)
    return `the accept queue is ${full === 1 ? 'full' : `${highest} % full`}`;
  if (full === 0) return `${queues.length} accept queues are up to ${highest} % full`;
  const rest = queues.length - full;
  return `${counted(full, 'accept queue')} ${full === 1 ? 'is' : 'are'} full${rest === 0 ? '' : `, ${rest} nearly full`}`;
}

function droppedAt(
  sockets: readonly InetSocket[],
  dropped: number,
  seconds: number,
  total: number | null,
): Draft {
  const [{ local, acceptQueue }] = sockets as [InetSocket, ...InetSocket[]];
  const limit = sockets.length === 1 ? (acceptQueue?.limit ?? null) : null;
  const has = sockets.length === 1 ? 'the queue has' : `its ${sockets.length} queues that did have`;
  return {
    ...droppedUnseen(dropped, seconds, total),
    title: `${endText(local)}: connections are dropped at its accept queue${sockets.length === 1 ? '' : 's'}`,
    observations: [
      `The kernel dropped ${counted(dropped, 'connection')} to it within ${seconds.toFixed(1)} s; ${has} ${counted(sum(sockets.map(queueLength)), 'connection')} now${limit === null ? '' : `, with a limit of ${countText(limit)}`}.`,
    ],
    sockets,
    command: ['-ltnp', '--socket-info', '-c', 'sport', '=', `:${local.port}`],
  };
}

/** At queues of unknown limits, of one server, which were not empty a second before either. */
function droppedPerhapsAt(
  sockets: readonly InetSocket[],
  waited: number,
  dropped: number,
  seconds: number,
  total: number | null,
): Draft {
  const { local } = sockets[0] as InetSocket;
  const unseen = droppedUnseen(dropped, seconds, total);
  const waiting = sum(sockets.map(queueLength));
  const queues = sockets.length === 1 ? 'accept queue' : 'accept queues';
  return {
    ...unseen,
    title: `${endText(local)}: connections wait, and some are dropped at full accept queues`,
    observations: [
      `${counted(waiting, 'connection')} ${waiting === 1 ? 'waits' : 'wait'} to be accepted at ${endText(local)}; a second before there ${waited === 1 ? 'was' : 'were'} ${waited}. The kernel dropped ${counted(dropped, 'connection')} at full queues within ${seconds.toFixed(1)} s; the limit of its ${queues} could not be seen.`,
    ],
    seen: { waiting, waitingBefore: waited, ...unseen.seen },
    sockets,
    command: ['-ltnp', '--socket-info', '-c', 'sport', '=', `:${local.port}`],
  };
}

function droppedUnseen(dropped: number, seconds: number, total: number | null): Draft {
  return {
    severity: 'warning',
    certainty: 'sure',
    title: 'connections are dropped at full accept queues',
    observations: [
      `The kernel dropped ${counted(dropped, 'connection')} within ${seconds.toFixed(1)} s; which queue was full could not be seen.`,
    ],
    seen: { dropped, overflowsSinceBoot: total },
    sockets: [],
    why,
    remedy:
      'Look again while it happens: `tsnetstat -ltn --socket-info -c` shows the queues every second. Then find out why the program does not call accept(2), and give it a longer backlog.',
    command: ['-ltnp', '--socket-info', '-c'],
  };
}
