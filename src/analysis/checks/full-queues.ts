import { endText } from '../../model/address/text.ts';
import type { Socket } from '../../model/socket/socket.ts';
import { counted, countText } from '../../text/counted.ts';
import { isFullQueue, isNearlyFullQueue, queueLength } from '../queue-fill.ts';
import type { Draft, Evidence, Look } from './check.ts';
import { percent, sum } from './numbers.ts';
import { placeOf } from './one-server.ts';

/** A full or nearly full accept queue. */
interface Queue {
  readonly socket: Socket;
  readonly length: number;
  readonly limit: number;
  readonly wasLength: number;
  readonly isFull: boolean;
}

/** The sockets of a look by their inodes. */
export function byInode(look: Look | null): ReadonlyMap<number | null, Socket> {
  return new Map((look?.sockets ?? []).map((socket) => [socket.inode, socket]));
}

/**
 * The queues of sockets that have reached `full` percent of their limits. With fewer connections than `least` one
 * counts only if it was full before, too.
 */
export function fullQueues(
  sockets: readonly Socket[],
  before: ReadonlyMap<number | null, Socket>,
  { full, least }: { readonly full: number; readonly least: number },
): readonly Queue[] {
  return sockets.flatMap((socket) => {
    const { length, limit } = socket.acceptQueue ?? { length: 0, limit: null };
    if (limit === null || !isNearlyFullQueue(length, limit, full)) return [];
    const isFull = isFullQueue(length, limit);
    const wasLength = queueLength(before.get(socket.inode));
    const lasts = isFull && isFullQueue(wasLength, limit);
    return length < least && !lasts ? [] : [{ socket, length, limit, wasLength, isFull }];
  });
}

/** What a full queue of a TCP server does to its clients. */
export const reasonTcp =
  'Connections wait in this queue until the program accepts them. While it is full the kernel answers no SYN and ignores the last packet of handshakes under way: clients wait in SYN_SENT, connect slowly or time out, and the server logs nothing.';

/** The same of a server at a UNIX socket (net/unix/af_unix.c, unix_stream_connect). */
const reasonUnix =
  'Connections wait in this queue until the program accepts them. While it is full connect(2) waits, and fails with EAGAIN for clients that do not want to: nginx then answers 502 and logs "Resource temporarily unavailable". The server logs nothing.';

/** What to do where a program does not accept connections. */
export const findOutWhy =
  'Find out why the program does not call accept(2): it may be stopped (`ps -o pid,stat,wchan -p PIDS` shows T), blocked or busy with one connection (`cat /proc/WORKER/stack`, `strace -p PIDS`), out of workers, or out of descriptors (`ls /proc/WORKER/fd | wc -l` counts them, `grep files /proc/WORKER/limits` shows how many it may have).';

/**
 * The finding about the full or nearly full queues of one server. `dropped`: how many connections the kernel dropped at
 * full queues since the first look, if it counts them.
 */
export function crowded(queues: readonly Queue[], evidence: Evidence, dropped = 0): Draft {
  const { system, seconds } = evidence;
  const { socket } = queues[0] as Queue;
  const all = queuesThere(socket, evidence);
  const full = queues.filter(({ isFull }) => isFull).length;
  const most = system.values.acceptQueueLimit ?? null;
  const waiting = sum(queues.map(({ length }) => length));
  const waited = sum(queues.map(({ wasLength }) => wasLength));
  const limits = queues.map(({ limit }) => limit);
  const limit = Math.min(...limits);
  const observations = [
    `${waitText(queues, all, waiting)}; a second before there ${waited === 1 ? 'was' : 'were'} ${countText(waited)}.`,
    ...(full > 0 && full < all
      ? [
          `The kernel spreads clients over the ${all} sockets there: about ${full} in ${all} ${full === 1 ? 'gets' : 'get'} to a full queue.`,
        ]
      : []),
    ...(dropped > 0
      ? [
          `The kernel dropped ${counted(dropped, 'connection')} at full queues within ${seconds.toFixed(1)} s.`,
        ]
      : []),
  ];
  return {
    severity: full > 0 ? 'critical' : 'warning',
    certainty: 'sure',
    title: `${placeText(socket)}: ${fullText(queues, all)}`,
    observations,
    seen: {
      ...{ waiting, limit: sum(limits), waitingBefore: waited },
      ...{ queues: queues.length, allQueues: all, dropped, maximum: most },
    },
    sockets: queues.map((queue) => queue.socket),
    why: socket.protocol === 'unix' ? reasonUnix : reasonTcp,
    remedy: `${findOutWhy} ${longerText(limit, most)} A longer queue helps against bursts, not against a program that is too slow.`,
    command: commandFor(socket),
  };
}

/** Where a server listens: an address and port, or the name of a UNIX socket, which it has to have. */
function placeText(socket: Socket): string {
  return socket.protocol === 'unix' ? (socket.path ?? 'a UNIX socket') : endText(socket.local);
}

function commandFor(socket: Socket): readonly string[] {
  if (socket.protocol !== 'unix') {
    return ['-ltn', '--socket-info', '-p', 'sport', '=', `:${socket.local.port}`];
  }
  const { path, inode } = socket;
  const isPlain = path !== null && plainPath.test(path);
  return [
    '-lxn',
    '--socket-info',
    '-p',
    ...(isPlain ? ['path', '=', path] : ['inode', '=', `${inode}`]),
  ];
}

/** A name that an expression takes as it is. */
const plainPath = /^[/@][\w@./:+-]*$/;

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

/** How many sockets listen where this one does (SO_REUSEPORT), with room or without: at least itself. */
function queuesThere(socket: Socket, { groups }: Evidence): number {
  const there = socket.protocol === 'unix' ? undefined : groups.get(placeOf(socket));
  return there?.count ?? 1;
}

/** `all`: as many as `queuesThere` says. */
function waitText(queues: readonly Queue[], all: number, waiting: number): string {
  const [{ socket }] = queues as [Queue, ...Queue[]];
  const waits = waiting === 1 ? 'waits' : 'wait';
  const here =
    all === 1
      ? ''
      : `, in the ${queues.length === 1 ? 'queue' : 'queues'} of ${shareText(queues.length, all)} sockets (SO_REUSEPORT)`;
  const more = queues.some(({ isFull }) => isFull) ? ' (the kernel admits one more)' : '';
  const limits = [...new Set(queues.map((queue) => queue.limit))].sort((a, b) => a - b);
  const each = queues.length === 1 ? 'with' : 'each with';
  return `${counted(waiting, 'connection')} ${waits} to be accepted at ${placeText(socket)}${here}, ${each} a limit of ${limits.map(countText).join(' or ')}${more}`;
}

/** How full the queues of a server are. */
function fullText(queues: readonly Queue[], all: number): string {
  const full = queues.filter(({ isFull }) => isFull).length;
  const named = full === 0 ? queues.length : full;
  const which = all === 1 ? 'the accept queue' : `${shareText(named, all)} accept queues`;
  const are = `${which} ${named === 1 ? 'is' : 'are'}`;
  const rest = queues.length - named;
  if (full > 0) return `${are} full${rest === 0 ? '' : `, ${rest} nearly full`}`;
  const highest = Math.max(...queues.map(({ length, limit }) => percent(length, limit)));
  return `${are} ${named === 1 ? '' : 'up to '}${highest} % full`;
}

/** `1 of 4`; all of them: `4`. */
function shareText(some: number, all: number): string {
  return some === all ? `${all}` : `${some} of ${all}`;
}
