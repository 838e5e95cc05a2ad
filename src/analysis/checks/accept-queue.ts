import { endText } from '../../model/address/text.ts';
import type { InetSocket, Socket } from '../../model/socket/socket.ts';
import { counted, countText } from '../../text/counted.ts';
import { queueLength } from '../queue-fill.ts';
import { check, type Draft, type Evidence } from './check.ts';
import { counterValue, grown } from './counters.ts';
import { byInode, crowded, fullQueues, reasonTcp as why } from './full-queues.ts';
import { sum } from './numbers.ts';
import { atOnePlace, byServer, placeOf } from './one-server.ts';

/** Servers that accept more slowly than connections arrive. */
export const acceptQueue = check({
  name: 'accept-queue',
  summary: 'servers with a full or nearly full accept queue',
  text: {
    meaning:
      'A connection waits in this queue until the program accepts it. While it is full, clients hang, connect slowly or time out, and the server logs nothing.',
    found: [
      [
        'critical',
        'The queue of a TCP or UNIX server is full: as many connections wait as `backlog` of listen(2) and net.core.somaxconn allow.',
      ],
      ['warning', 'The queue has reached `full` percent of that limit.'],
      [
        'warning',
        'The kernel dropped TCP connections at full queues between the two readings (`ListenOverflows`), but none is full or nearly full any more. It is one finding for each server whose own drops have grown; without netlink, which shows these, for each whose queue held connections in both readings. If there is no such server it is one for the network, unless sockets are filtered.',
      ],
    ],
    silent:
      'Fewer than `least` connections in a queue that was not full in both readings, since a burst briefly fills a short queue; what servers drop for other reasons (`ListenDrops` alone), such as no route back. Without netlink neither limits are known nor the queues of UNIX servers.',
    remedy:
      'Find out why the program does not accept: it may be stuck, too slow, or out of threads or descriptors. A longer queue helps against bursts only.',
    counts: 'servers',
  },
  about: 'sockets',
  thresholds: {
    full: { value: 80, unit: '%', meaning: 'of the limit is waiting' },
    least: { value: 8, meaning: 'connections are waiting' },
  },
  needs: {
    protocols: ['tcp', 'unix'],
    serversOnly: true,
    socketInfo: true,
    rowFacts: ['queues'],
    counters: true,
    twoReadings: true,
    usefulFacts: ['acceptQueueLimit'],
  },
  watches: (socket) =>
    (socket.state === 'LISTEN' && (queueLength(socket) > 0 || dropsOf(socket) > 0)) ||
    (socket.state === 'LISTENING' && queueLength(socket) > 0),
  // Also those with room: which share of a server's queues is full shows how many of its clients have to wait.
  groupOf: (socket) =>
    socket.protocol === 'tcp' && socket.state === 'LISTEN' ? placeOf(socket) : null,
  ownersOf: ({ sockets }) => atOnePlace(sockets),
  find(evidence, settings) {
    const { sockets, protocols } = evidence;
    // Where no TCP sockets are asked for, nor is what the kernel drops for them.
    const isTcpAsked = protocols.includes('tcp');
    const dropped = isTcpAsked ? (grown(evidence, 'TcpExt', 'ListenOverflows') ?? 0) : 0;
    const before = byInode(evidence.before);
    const queuesOf = (those: readonly Socket[]) => fullQueues(those, before, settings);
    const servers = byServer(sockets);
    const tcp = servers.flatMap((those) => {
      const queues = queuesOf(those);
      return queues.length === 0 ? [] : [crowded(queues, evidence, dropped)];
    });
    const unix = queuesOf(sockets.filter(({ protocol }) => protocol === 'unix')).map((queue) =>
      crowded([queue], evidence),
    );
    const drops =
      tcp.length > 0 || dropped === 0 ? [] : droppedAnywhere(servers, evidence, before, dropped);
    return [...tcp, ...drops, ...unix];
  },
});

/** What the kernel dropped at the queues of TCP servers, none of which is full any more. */
function droppedAnywhere(
  servers: readonly (readonly InetSocket[])[],
  evidence: Evidence,
  before: ReadonlyMap<number | null, Socket>,
  dropped: number,
): readonly Draft[] {
  const { seconds, isFiltered } = evidence;
  // A server's own count, like this one, includes drops for other reasons.
  const areOthers = (grown(evidence, 'TcpExt', 'ListenDrops') ?? 0) > dropped;
  const total = counterValue(evidence, 'TcpExt', 'ListenOverflows');
  const dropping = servers.flatMap((sockets) => {
    const freshOf = (socket: InetSocket) => dropsOf(socket) - dropsOf(before.get(socket.inode));
    const those = sockets.filter((socket) => freshOf(socket) > 0);
    const fresh = Math.min(sum(those.map(freshOf)), dropped);
    if (fresh === 0) return [];
    const certainty: Draft['certainty'] = areOthers ? 'likely' : 'sure';
    return [{ ...droppedAt(those, fresh, seconds, total), certainty }];
  });
  if (dropping.length > 0) return dropping;
  const wasLengthOf = (socket: Socket) => queueLength(before.get(socket.inode));
  const suspects = servers.flatMap((sockets) => {
    const those = sockets.filter(
      (socket) => isOfUnknownLimit(socket) && queueLength(socket) > 0 && wasLengthOf(socket) > 0,
    );
    return those.length === 0 ? [] : [those];
  });
  if (suspects.length === 0) return isFiltered ? [] : [droppedUnseen(dropped, seconds, total)];
  const isOnly = suspects.length === 1 && !isFiltered;
  return suspects.map((sockets): Draft => {
    const waited = sum(sockets.map(wasLengthOf));
    return {
      ...droppedPerhapsAt(sockets, waited, dropped, seconds, total),
      certainty: isOnly ? 'likely' : 'worth a look',
    };
  });
}

/** Only netlink shows the limit of a queue. */
function isOfUnknownLimit({ acceptQueue }: InetSocket): boolean {
  return (acceptQueue?.limit ?? null) === null;
}

/** How many connections a server has dropped; 0 for one that was not watched. */
function dropsOf(socket: Socket | undefined): number {
  return socket?.drops ?? 0;
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
