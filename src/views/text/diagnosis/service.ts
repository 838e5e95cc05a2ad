import { groupedBy } from '../../../model/add-to.ts';
import { isLoopback } from '../../../model/address/read.ts';
import { endText, isAnyAddress, unmapped } from '../../../model/address/text.ts';
import { inNetnsText, isOfOwnNetns } from '../../../model/machine/netns.ts';
import type { Protocol } from '../../../model/protocol.ts';
import {
  type Service,
  type ServiceConnections,
  type ServiceForward,
  type ServiceStatus,
  unitText,
} from '../../../model/report/service.ts';
import { isWithoutPort } from '../../../model/socket/classify.ts';
import { deviceOf, isOnLoopback, lackText } from '../../../model/socket/device.ts';
import { exposureText } from '../../../model/socket/exposure.ts';
import { isRedirected } from '../../../model/socket/forwarder.ts';
import { forwardText } from '../../../model/socket/port-forward.ts';
import type { InetSocket, Socket } from '../../../model/socket/socket.ts';
import { takesIpv4 } from '../../../model/socket/v6only.ts';
import { workloadLabel, workloadsOf } from '../../../model/socket/workload.ts';
import { counted } from '../../../text/counted.ts';
import { sanitize } from '../../../text/sanitize.ts';
import type { Tone } from '../paint.ts';
import type { ViewContext } from '../text-view.ts';
import { labelled, roomOf } from './labelled.ts';

/** The summary of the service that was asked about, for people. */
export function serviceText(service: Service, context: ViewContext): string {
  const { paint } = context;
  const room = roomOf(context);
  const { asked, status } = service;
  const head = 'SERVICE';
  const title = sanitize(`  ${asked.by} ${asked.value}: ${statusText(service, context)}`);
  const lines = [
    (paint?.tone(tones[status], head) ?? head) + (paint?.strong(title) ?? title),
    ...parts(service).flatMap(([label, text]) => labelled(label, text, paint, room)),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

const statusTexts: Readonly<Record<ServiceStatus, string>> = {
  listening: 'listening',
  published: 'in a container that a port of this machine is forwarded to',
  unserved: 'forwarded to where nothing listens',
  forwarded: 'forwarded to where servers cannot be seen',
  bound: 'in use, but not listening',
  client: 'no listener here, but used at other machines',
  taken: 'no listener, but a connection was opened from it',
  elsewhere: 'listening only in another network namespace',
  connected: 'no listener here, but connections',
  portless: 'sockets without ports',
  unknown: 'not known, since the owners of sockets are hidden',
  absent: 'no listener',
};

function statusText(service: Service, { query }: ViewContext): string {
  const { asked, status } = service;
  if (status === 'portless') return portlessText(service, query.protocols);
  if (asked.by === 'port' || notOnlyOfPorts.has(status)) return statusTexts[status];
  return status === 'absent' ? 'no sockets' : 'connected';
}

/** The statuses that are called the same whatever was asked about. */
const notOnlyOfPorts: ReadonlySet<ServiceStatus> = new Set(['listening', 'unknown']);

/** What kinds of sockets without ports a program has. */
function portlessText({ portless }: Service, searched: readonly Protocol[]): string {
  const kinds = (portless ?? []).map(portlessKind);
  const only = searched.includes('tcp') && searched.includes('udp') ? 'only ' : '';
  return `${only}${listed(kinds, ' and ')} sockets`;
}

function portlessKind(socket: Socket): string {
  if (isWithoutPort(socket)) return 'unbound';
  return socket.protocol === 'unix' ? 'UNIX' : 'raw';
}

/** The states whose colours are used. */
const tones: Readonly<Record<ServiceStatus, Tone>> = {
  ...{ listening: 'neutral', published: 'neutral', portless: 'neutral' },
  ...{ connected: 'good', client: 'good' },
  ...{ bound: 'caution', taken: 'caution', elsewhere: 'caution', forwarded: 'caution' },
  ...{ unknown: 'caution' },
  ...{ unserved: 'alarm', absent: 'alarm' },
};

/** The parts of the summary with their labels; a part without content is empty. */
function parts(service: Service): readonly (readonly [label: string, text: string])[] {
  const { listeners, listenerCount, bound, elsewhere, units, portless } = service;
  const { incoming, outgoing, opened, unclear } = service;
  const more = listenerCount - listeners.length;
  const servers = [...listeners, ...(portless ?? [])];
  return [
    ['at', listed(servers.map(placeText)) + (more > 0 ? `, and ${more} more` : '')],
    ['by', ownersText(servers)],
    ['reach', listeners.length === 0 ? '' : `${reachText(listeners)}.`],
    ['queue', queuesText(listeners)],
    ['forward', forwardsText(service)],
    ['bound', listed(bound.map(placeByOwner))],
    ['netns', (elsewhere ?? []).map(elsewhereText).join('; ')],
    ['unit', (units ?? []).map(unitText).join(' ')],
    ['before', earlierText(service)],
    ['clients', incoming === null ? '' : clientsText(service, incoming)],
    ['uses', outgoing === null ? '' : usesText(service, outgoing)],
    ['opened', opened === null ? '' : heldText(service, opened, 'opened from it')],
    ['unclear', unclear === null ? '' : heldText(service, unclear, 'opened to it or from it')],
  ];
}

const listed = (words: readonly string[], between = ', ') => [...new Set(words)].join(between);

function placeText(socket: Socket): string {
  if (socket.protocol === 'unix') {
    return `${socket.path ?? 'without a name'} (unix)${inNetnsText(socket.netns)}`;
  }
  const place = isWithoutPort(socket) ? 'without a port' : endText(socket.local);
  return `${place} (${socket.protocol})${inNetnsText(socket.netns)}`;
}

/** A server's address and port, with its network namespace if that is another one. */
function endWithNetns(socket: InetSocket): string {
  return `${endText(socket.local)}${inNetnsText(socket.netns)}`;
}

function placeByOwner(socket: InetSocket): string {
  return `${placeText(socket)} by ${ownersText([socket]) || 'an unknown process'}`;
}

/** The most processes that are named. */
const mostNamed = 5;

function ownersText(sockets: readonly Socket[]): string {
  const owners = new Map(sockets.flatMap((one) => (one.owners ?? []).map((by) => [by.pid, by])));
  const named = [...owners.values()].slice(0, mostNamed).map((owner) => {
    const user = typeof owner.uid === 'number' ? `, user ${owner.uid}` : '';
    const since = owner.startedAt ? `, since ${owner.startedAt}` : '';
    return `${owner.program ?? 'PID'} ${owner.pid}${user}${since}`;
  });
  const rest = owners.size - named.length;
  const list = [...named, ...(rest > 0 ? [`${rest} more`] : [])].join('; ');
  const labels = listed(sockets.flatMap((socket) => workloadsOf(socket).map(workloadLabel)));
  const denied = sockets.some(({ noOwner }) => noOwner === 'denied');
  const who = list === '' ? (denied ? 'not visible; a warning says why' : '') : list;
  return labels === '' ? who : `${who}${who === '' ? '' : ' '}(${labels})`;
}

/** Where it can be reached from, and over which families. */
function reachText(listeners: readonly InetSocket[]): string {
  const addresses = listeners.map(({ local }) => unmapped(local.address));
  const distinct = new Set(listeners.map(wayText));
  const ways =
    distinct.size === 1
      ? [...distinct].join()
      : listed(
          listeners.map((one) => `${endWithNetns(one)}: ${wayText(one)}`),
          '; ',
        );
  const hasIpv6 = addresses.some((one) => one.includes(':'));
  if (!hasIpv6) return `${ways}; IPv4 only`;
  const ipv4 = listeners.map(takesIpv4);
  const families = ipv4.includes(true)
    ? 'IPv4 and IPv6'
    : ipv4.includes(null)
      ? 'IPv6; not known whether also IPv4 (its program may have disabled that)'
      : 'IPv6 only';
  return `${ways}; ${families}`;
}

/** What few can reach a service that listens on loopback alone: a phrase; null: others may reach it too. */
export function onlyReachedFrom({ listeners, listenerCount }: Service): string | null {
  const isWhole = listeners.length > 0 && listeners.length === listenerCount;
  if (!isWhole || !listeners.every(isLocal)) return null;
  return listeners.some(isOfOwnNetns) ? 'this machine' : 'its own network namespace';
}

/** Whether a server is reached over loopback alone. */
function isLocal(socket: InetSocket): boolean {
  const kind = socket.exposure?.kind ?? 'loopback';
  return kind === 'loopback' && (isLoopback(socket.local.address) || isOnLoopback(socket));
}

function wayText(socket: InetSocket): string {
  const { local, exposure } = socket;
  const device = deviceOf(socket);
  if (exposure?.kind === 'published') {
    const where = exposureText(exposure);
    return isRedirected(socket) ? `only what the firewall does not forward away (${where})` : where;
  }
  if (exposure?.kind === 'internal')
    return 'only from its own network namespace, no port is forwarded to it';
  if (exposure?.kind === 'nowhere') return `from nowhere: ${lackText(socket)}`;
  if (exposure?.kind === 'unknown') return `not known from where: ${exposure.reason ?? ''}`;
  if (isLocal(socket)) {
    return isOfOwnNetns(socket)
      ? 'only from this machine'
      : 'only from inside its own network namespace';
  }
  if (device !== null)
    return `from the networks of ${device}, the interface that it is bound to, unless a firewall blocks it`;
  return isAnyAddress(local.address)
    ? 'from everywhere, at all addresses, unless a firewall blocks it'
    : 'from networks that reach its address, unless a firewall blocks it';
}

/** What waits in the queues of servers. */
function queuesText(listeners: readonly InetSocket[]): string {
  const isTcp = ({ protocol }: InetSocket) => protocol === 'tcp';
  return listed([
    ...queuesByPlace(listeners.filter(isTcp), acceptText),
    ...queuesByPlace(
      listeners.filter((one) => !isTcp(one)),
      unreadText,
    ),
  ]);
}

/** A text for each place: with SO_REUSEPORT several sockets are at one. */
function queuesByPlace(
  listeners: readonly InetSocket[],
  textOf: (sockets: readonly InetSocket[]) => string | null,
): readonly string[] {
  return [...groupedBy(listeners, endWithNetns)].flatMap(([place, sockets]) => {
    const text = textOf(sockets);
    return text === null ? [] : [`${place}: ${text}`];
  });
}

/** What waits to be read at UDP sockets; null: nothing. */
function unreadText(sockets: readonly InetSocket[]): string | null {
  const unread = sockets.reduce((sum, { recvQueue }) => sum + (recvQueue ?? 0), 0);
  return unread === 0 ? null : `${counted(unread, 'byte')} unread`;
}

/** How many connections wait at TCP sockets; null: not known. */
function acceptText(sockets: readonly InetSocket[]): string | null {
  const queues = sockets.flatMap(({ acceptQueue, recvQueue }) => {
    const length = acceptQueue?.length ?? recvQueue;
    return length === null ? [] : [{ length, limit: acceptQueue?.limit ?? Infinity }];
  });
  if (queues.length === 0) return null;
  const waiting = queues.reduce((sum, { length }) => sum + length, 0);
  const limit = Math.min(...queues.map((one) => one.limit));
  const full = queues.filter((one) => one.length > one.limit).length;
  const of = limit === Infinity ? '' : ` of at most ${limit}`;
  const admits = '(the kernel admits one more)';
  if (queues.length > 1) {
    const each = `${waiting} waiting to be accepted in ${queues.length} queues${of}`;
    return full === 0 ? each : `${each}, ${full} of them full ${admits}`;
  }
  return `${waiting}${of} waiting to be accepted${full === 0 ? '' : `, full ${admits}`}`;
}

/** Where the port is forwarded, and who is there; that of a published service is told as its place. */
function forwardsText({ status, forwards }: Service): string {
  const told = (forwards ?? []).filter(
    ({ isServed }) => isServed !== true || status !== 'published',
  );
  return listed(told.map(forwardedText), '; ');
}

function forwardedText(forward: ServiceForward): string {
  const { isServed, servers } = forward;
  const where = forwardText(forward);
  if (isServed === null) return `${where}: not known who listens there`;
  const who = listed(
    servers.slice(0, mostNamed).map((one) => {
      const owners = ownersText([one]);
      return `at ${endText(one.local)}${owners === '' ? '' : ` by ${owners}`}`;
    }),
    '; ',
  );
  if (isServed) return `${where}: served ${who}`;
  return `${where}: nothing listens there${who === '' ? '' : `, only ${who}`}`;
}

function elsewhereText(socket: InetSocket): string {
  const { exposure } = socket;
  const way = exposure && exposure.published.length > 0 ? `, ${exposureText(exposure)}` : '';
  const owners = ownersText([socket]);
  return `${placeText(socket)}${owners === '' ? '' : ` by ${owners}`}${way}`;
}

function earlierText({ earlier }: Service): string {
  if (earlier === null) return '';
  const { takenAt, listeners } = earlier;
  if (listeners.length === 0) return `no listener at ${takenAt} either`;
  return `at ${takenAt}: ${listed(listeners.map(placeByOwner))}`;
}

function connectionsText(
  connections: ServiceConnections,
  what: string,
  way: 'from' | 'to' | 'with',
): string {
  const { count, states, addresses, busiest } = connections;
  if (count === 0) return `no connections ${what}`;
  const each = Object.entries(states).map(([state, number]) => `${number} ${state}`);
  const few = busiest.map((one) => `${one.address} (${one.count})`);
  const most = `${addresses > busiest.length ? `${addresses} addresses, the most ${way} ` : ''}${few.join(', ')}`;
  return `${counted(count, 'connection')} ${what}: ${each.join(', ')}; ${way} ${most}`;
}

/**
 * Connections to the service; empty if there may be some among the unclear ones. A program may have handed them to others
 * (sshd-session, imap-login), or not have accepted them yet.
 */
function clientsText({ asked, listeners, unclear }: Service, incoming: ServiceConnections): string {
  const text = connectionsText(incoming, 'to it', 'from');
  if (incoming.count > 0) return text;
  if (unclear !== null && unclear.count > 0) return '';
  const server = listeners.find(({ protocol }) => protocol === 'tcp');
  if (asked.by !== 'program' || server === undefined) return text;
  return `${text} that a program of this name holds; \`--port ${server.local.port}\` in its place counts all`;
}

/** Connections opened by this machine, or by the program; empty if there are none. */
function usesText({ asked, clients }: Service, outgoing: ServiceConnections): string {
  if (outgoing.count === 0 && asked.by === 'port') return '';
  const what =
    asked.by === 'program'
      ? 'that it opened'
      : asked.by === 'port'
        ? 'of this machine to that port'
        : 'with that address';
  const who = clients.map(({ program, pid }) => `${program} ${pid}`);
  const way = asked.by === 'remote' ? 'with' : 'to';
  return connectionsText(outgoing, what, way) + (who.length === 0 ? '' : `; by ${who.join(', ')}`);
}

/** Connections that have the port, with who has those of this machine; empty if there are none. */
function heldText({ holding }: Service, connections: ServiceConnections, what: string): string {
  if (connections.count === 0) return '';
  const who = ownersText(holding);
  return connectionsText(connections, what, 'with') + (who === '' ? '' : `; by ${who}`);
}
