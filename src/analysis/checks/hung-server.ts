import { groupedBy } from '../../model/add-to.ts';
import { endText } from '../../model/address/text.ts';
import type { Service } from '../../model/report/service.ts';
import type { InetSocket, Socket } from '../../model/socket/socket.ts';
import { counted } from '../../text/counted.ts';
import { isFullQueue, isNearlyFullQueue, queueLength } from '../queue-fill.ts';
import { check, type Draft, settingsOf } from './check.ts';
import { findOutWhy } from './full-queues.ts';
import { sum } from './numbers.ts';
import { inetOnly, socketKey, socketsByKey } from './socket-sets.ts';
import { hasUnread, unreadPackets } from './unread-packets.ts';

/** A service whose clients are connected, but that does not accept them, or that does not read their packets. */
export const hungServer = check({
  name: 'hung-server',
  summary: 'the selected service leaves connections or UDP packets waiting',
  text: {
    meaning:
      'The kernel completes connections by itself: clients are connected, but nobody answers until the program accepts them, which takes a healthy server a moment.',
    found: [
      [
        'warning',
        'At least `count` connections to it were waiting to be accepted in both readings, even if their clients have closed them meanwhile.',
      ],
      [
        'note',
        'With `--program`, which leaves these connections out: at least `queue` connections in the accept queues of a port in both readings, and no fewer in the second.',
      ],
      [
        'note',
        'A UDP server had at least `unread` bytes to read in both readings, and no fewer in the second.',
      ],
    ],
    silent:
      'Ports where `accept-queue`, if it runs too, reports a full or nearly full queue. Does not apply to an address (`--remote`).',
    remedy:
      'Find out why the program does not accept or read: it may be stopped, stuck on a lock or a disk, or out of threads or descriptors.',
  },
  about: 'service',
  spans: true,
  thresholds: {
    count: { value: 1, meaning: 'connections that wait' },
    queue: { value: 3, meaning: 'connections in the queues, with `--program`' },
    unread: { value: 4096, meaning: 'bytes of UDP packets, as Recv-Q counts them' },
  },
  // Only Linux shows which connections no program holds; it is also the only one with timers.
  needs: { protocols: ['tcp', 'udp'], rowFacts: ['queues', 'timers'], twoReadings: true },
  watches: (socket) => socket.state === 'LISTEN' || isWaiting(socket) || hasUnread(socket),
  glances: ({ state, inode }) =>
    state === 'LISTEN' || (inode === 0 && (state === 'ESTABLISHED' || state === 'CLOSE_WAIT')),
  again: ({ before }) =>
    before.sockets.some((socket) => isWaiting(socket) || lengthOf(socket) > 0 || hasUnread(socket)),
  ownersOf: ({ sockets }) => sockets.filter((socket) => lengthOf(socket) > 0 || hasUnread(socket)),
  find(evidence, { count, queue, unread }) {
    const { sockets, before, seconds, service } = evidence;
    const crowded = settingsOf<keyof Crowded>(evidence, 'accept-queue');
    if (service === null || service.asked.by === 'remote') return [];
    const then = socketsByKey(before?.sockets ?? []);
    const drafts: Draft[] = [];
    for (const [port, all] of groupedBy(inetOnly(sockets), ({ local }) => local.port)) {
      const servers = all.filter(({ state }) => state === 'LISTEN');
      const those = servers.filter((socket) => lengthOf(socket) > 0);
      if (those.length === 0) continue;
      if (crowded !== null && isCrowded(service, port, crowded)) continue;
      const stuck = all.filter((one) => isWaiting(one) && then.has(socketKey(one)));
      const waits: Waits = {
        servers: those,
        stuck,
        waiting: sum(servers.map(lengthOf)),
        waited: sum(servers.map((socket) => lengthOf(then.get(socketKey(socket))))),
        seconds,
      };
      const isHeld = service.asked.by === 'program' && waits.waiting >= waits.waited;
      if (stuck.length > 0 && stuck.length >= count) drafts.push(notAccepted(waits));
      else if (isHeld && waits.waited >= queue) drafts.push(notShorter(waits));
    }
    return [...drafts, ...unreadPackets(inetOnly(sockets), then, unread, seconds)];
  },
});

/** A connection that the kernel has completed and no program has accepted: it has no inode. */
function isWaiting({ state, inode }: Socket): boolean {
  return inode === null && (state === 'ESTABLISHED' || state === 'CLOSE_WAIT');
}

/** How many connections a server has in its queue; 0 for all else. */
function lengthOf(socket: Socket | undefined): number {
  return socket?.state === 'LISTEN' ? queueLength(socket) : 0;
}

/** From where on `accept-queue` reports a queue. */
interface Crowded {
  /** The percentage of its limit. */
  readonly full: number;
  /** How many connections. */
  readonly least: number;
}

/** Whether it reports a queue of the port. */
function isCrowded({ listeners }: Service, port: number, { full, least }: Crowded): boolean {
  return listeners.some(({ local, acceptQueue }) => {
    const { length = 0, limit = null } = acceptQueue ?? {};
    if (local.port !== port || limit === null) return false;
    return (
      isFullQueue(length, limit) || (length >= least && isNearlyFullQueue(length, limit, full))
    );
  });
}

/** The connections that wait at a port. */
interface Waits {
  /** Those with any in their queue. */
  readonly servers: readonly InetSocket[];
  /** The connections that were there a second before. */
  readonly stuck: readonly InetSocket[];
  readonly waiting: number;
  /** The same, a second before. */
  readonly waited: number;
  readonly seconds: number;
}

function notAccepted(waits: Waits): Draft {
  const { stuck, seconds } = waits;
  const closed = stuck.filter(({ state }) => state === 'CLOSE_WAIT').length;
  const has = stuck.length === 1 ? 'has' : 'have';
  return {
    ...draftOf(waits),
    severity: 'warning',
    certainty: 'sure',
    title: `${placeOf(waits)}: ${counted(stuck.length, 'connection')} ${has} waited for a second to be accepted`,
    observations: [
      `${counted(stuck.length, 'connection')} ${has} waited for at least ${seconds.toFixed(1)} s to be accepted.`,
      ...(closed === 0
        ? []
        : [
            `The ${closed === 1 ? 'client' : 'clients'} of ${closed} of them ${closed === 1 ? 'has' : 'have'} closed the connection meanwhile.`,
          ]),
    ],
  };
}

/** The connections themselves are not known. */
function notShorter(waits: Waits): Draft {
  const { waiting, waited, seconds } = waits;
  return {
    ...draftOf(waits),
    severity: 'note',
    certainty: 'worth a look',
    title: `${placeOf(waits)}: ${counted(waiting, 'connection')} wait to be accepted, and did a second before`,
    observations: [
      `${counted(waiting, 'connection')} wait to be accepted; ${seconds.toFixed(1)} s before there were ${waited}.`,
    ],
  };
}

function placeOf({ servers }: Waits): string {
  return endText((servers[0] as InetSocket).local);
}

function draftOf({ servers, stuck, waiting, waited }: Waits) {
  return {
    seen: {
      count: stuck.length,
      waiting,
      waitingBefore: waited,
      closed: stuck.filter(({ state }) => state === 'CLOSE_WAIT').length,
    },
    sockets: servers,
    why: 'The kernel completes connections by itself: clients are connected, but nobody answers them until the program accepts the connection, which takes a healthy server a moment.',
    remedy: findOutWhy,
    command: ['-tanp', 'sport', '=', `:${servers[0]?.local.port}`],
  };
}
