import type { InetSocket, Socket } from '../../model/socket.ts';
import { check, type Draft } from './check.ts';
import { counted, grown } from './counters.ts';
import { counting, endText, percent } from './words.ts';

const why =
  'Connections wait in this queue until the program accepts them. Once it is full the kernel drops the last packet of each handshake: clients see time-outs and slow connects, and the server logs nothing.';

/** Servers that accept more slowly than connections arrive. */
export const acceptQueue = check({
  name: 'accept-queue',
  summary: 'servers with a full or nearly full accept queue',
  details:
    'A listening TCP socket whose accept queue has reached `full` percent of its limit (`backlog` of listen(2), limited to net.core.somaxconn): a warning, or critical if the queue is full. Connections dropped between the two readings (`ListenOverflows`, `ListenDrops`) while no queue is full any more are also a warning: for each server whose own drops have grown, otherwise for the network, unless sockets are filtered. Queues with fewer than `least` connections are ignored unless full in both readings, because a burst briefly fills a short queue.',
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
    (lengthOf(socket) > 0 || dropsOf(socket) > 0),
  find(evidence, { full, least }) {
    const dropped = Math.max(
      grown(evidence, 'TcpExt', 'ListenOverflows') ?? 0,
      grown(evidence, 'TcpExt', 'ListenDrops') ?? 0,
    );
    const before = new Map(
      (evidence.before?.sockets ?? []).map((socket) => [socket.inode, socket]),
    );
    const drafts: Draft[] = [];
    for (const socket of evidence.sockets) {
      const { acceptQueue: queue } = socket;
      if (socket.protocol === 'unix' || !queue || queue.limit === null) continue;
      const { length, limit } = queue;
      // The kernel admits one more than the limit.
      const isFull = length > limit;
      if (!isFull && length * 100 < limit * full) continue;
      const wasLength = lengthOf(before.get(socket.inode));
      const lasts = wasLength > limit && isFull;
      if (length < least && !lasts) continue;
      drafts.push(crowded(socket, { length, limit, wasLength, isFull, dropped }, evidence));
    }
    if (drafts.length > 0 || dropped === 0) return drafts;
    const total = counted(evidence, 'TcpExt', 'ListenOverflows');
    const servers = evidence.sockets.flatMap((socket) => {
      const fresh = dropsOf(socket) - dropsOf(before.get(socket.inode));
      return socket.protocol === 'unix' || fresh <= 0
        ? []
        : [droppedAt(socket, fresh, evidence.seconds, total)];
    });
    if (servers.length > 0 || evidence.isFiltered) return servers;
    return [droppedUnseen(dropped, evidence.seconds, total)];
  },
});

/** How many connections wait; 0 for a server that was not watched. */
function lengthOf(socket: Socket | undefined): number {
  if (socket === undefined || socket.protocol === 'unix') return 0;
  return socket.acceptQueue?.length ?? socket.recvQueue ?? 0;
}

/** How many connections a server has dropped; 0 for one that was not watched. */
function dropsOf(socket: Socket | undefined): number {
  return socket?.drops ?? 0;
}

interface Crowd {
  readonly length: number;
  readonly limit: number;
  readonly wasLength: number;
  readonly isFull: boolean;
  readonly dropped: number;
}

function crowded(
  socket: InetSocket,
  { length, limit, wasLength, isFull, dropped }: Crowd,
  {
    system,
    seconds,
  }: {
    readonly system: { readonly values: { readonly acceptQueueLimit?: number | null } };
    readonly seconds: number;
  },
): Draft {
  const where = endText(socket.local);
  const most = system.values.acceptQueueLimit ?? null;
  const observations = [
    `${counting(length, 'connection')} of at most ${limit} ${length === 1 ? 'waits' : 'wait'} to be accepted at ${where}; a second before there ${wasLength === 1 ? 'was' : 'were'} ${wasLength}.`,
    ...(dropped > 0
      ? [
          `The kernel dropped ${counting(dropped, 'connection')} at full queues within ${seconds.toFixed(1)} s.`,
        ]
      : []),
  ];
  const raise =
    most !== null && limit >= most
      ? `The queue is as long as net.core.somaxconn (${most}) allows: raise that with \`sysctl -w net.core.somaxconn=${most * 4}\`, raise the backlog that the program passes to listen(2), and restart it.`
      : `The program asked for ${limit}: configure a longer backlog in it.`;
  return {
    severity: isFull ? 'critical' : 'warning',
    certainty: 'sure',
    title: `${where}: the accept queue is ${isFull ? 'full' : `${percent(length, limit)} % full`}`,
    observations,
    seen: { waiting: length, limit, waitingBefore: wasLength, dropped, maximum: most },
    sockets: [socket],
    why,
    remedy: `Find out why the program does not call accept(2): it may be stopped, busy, out of workers or descriptors (\`cat /proc/PID/stack\`, \`strace -p PID\`). ${raise} A longer queue helps against bursts, not against a program that is too slow.`,
    command: ['-ltn', '--socket-info', '-p', 'sport', '=', `:${socket.local.port}`],
  };
}

function droppedAt(
  socket: InetSocket,
  dropped: number,
  seconds: number,
  total: number | null,
): Draft {
  const where = endText(socket.local);
  const limit = socket.acceptQueue?.limit ?? null;
  return {
    ...droppedUnseen(dropped, seconds, total),
    title: `${where}: connections are dropped at its accept queue`,
    observations: [
      `The kernel dropped ${counting(dropped, 'connection')} to it within ${seconds.toFixed(1)} s; the queue has ${counting(lengthOf(socket), 'connection')} now${limit === null ? '' : `, of at most ${limit}`}.`,
    ],
    sockets: [socket],
    command: ['-ltnp', '--socket-info', '-c', 'sport', '=', `:${socket.local.port}`],
  };
}

function droppedUnseen(dropped: number, seconds: number, total: number | null): Draft {
  return {
    severity: 'warning',
    certainty: 'sure',
    title: 'connections are dropped at full accept queues',
    observations: [
      `The kernel dropped ${counting(dropped, 'connection')} within ${seconds.toFixed(1)} s; the queue that was full has room again.`,
    ],
    seen: { dropped, overflowsSinceBoot: total },
    sockets: [],
    why,
    remedy:
      'Look again while it happens: `tsnetstat -ltn --socket-info -c` shows the queues every second. Then find out why the program does not call accept(2), and give it a longer backlog.',
    command: ['-ltnp', '--socket-info', '-c'],
  };
}
