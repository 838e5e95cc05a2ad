import { groupedBy } from '../model/add-to.ts';
import { unmapped } from '../model/address/text.ts';
import { networkKey } from '../model/machine/netns.ts';
import type { OwnAddress } from '../model/machine/own-address.ts';
import type { Protocol } from '../model/protocol.ts';
import type {
  Service,
  ServiceAsked,
  ServiceForward,
  ServiceStatus,
  ServiceUnit,
} from '../model/report/service.ts';
import { isServer, isWithoutPort } from '../model/socket/classify.ts';
import { standsForOther } from '../model/socket/forwarder.ts';
import type { InetSocket, Socket } from '../model/socket/socket.ts';
import type { LocalPorts } from './port-range.ts';
import {
  type ConnectionLine,
  clientsOf,
  connectionCount,
  connectionsOf,
} from './service-connections.ts';
import { type WithoutServer, withoutServer } from './without-server.ts';

/** The most sockets of each kind in a report. */
export const mostServiceSockets = 20;

/** Collects the sockets of a service, and sums them up. */
export interface ServiceGatherer {
  /** Call with each socket that may belong to the service; returns whether it is kept. */
  take(socket: Socket): boolean;
  /** Call with servers of others too, if `needsServers`: they tell which end opened a connection. */
  notice(server: InetSocket): void;
  /** Whether it depends on other servers which end opened the connections. */
  needsServers(): boolean;
  /** Whether it depends on this machine's addresses to which end the port belongs. */
  needsAddresses(): boolean;
  /** Whether no socket with a port was taken. */
  isEmpty(): boolean;
  /** The sockets kept, so that their owners can be looked up. */
  kept(): readonly InetSocket[];
  /** The result, once owners are known. */
  service(beside: ServiceBeside): Service;
}

/** What is known besides the sockets of the network that was asked about. */
export interface ServiceBeside {
  /** Sockets of protocols without ports; null: not looked for. */
  readonly portless: readonly Socket[] | null;
  readonly similar: readonly InetSocket[] | null;
  readonly elsewhere: readonly InetSocket[] | null;
  readonly forwards: readonly ServiceForward[] | null;
  readonly units: readonly ServiceUnit[] | null;
  readonly earlier: Service['earlier'];
  readonly localPorts: LocalPorts;
  /** This machine's addresses, if `needsAddresses`. */
  readonly ownAddresses: readonly OwnAddress[];
  /** Whether connections were read too, not only servers. */
  readonly withConnections: boolean;
  /** Whether owners or rows are hidden, so that the service may have sockets that are not seen. */
  readonly isHidden: boolean;
}

/** The port that was asked about; null: not a port. */
export function portOf({ by, value }: ServiceAsked): number | null {
  return by === 'port' ? Number(value) : null;
}

/** Whether a server is the one asked about, by port or program; an address has none. */
function isMeant(socket: InetSocket, asked: ServiceAsked): boolean {
  const port = portOf(asked);
  return port === null ? asked.by === 'program' : socket.local.port === port;
}

/**
 * Collects the sockets of a service; for a program or an address, the caller must filter them. Of a port, servers are to be
 * taken before connections.
 */
export function serviceGatherer(asked: ServiceAsked): ServiceGatherer {
  const listeners: InetSocket[] = [];
  const bound: InetSocket[] = [];
  const holding: InetSocket[] = [];
  const unbound: InetSocket[] = [];
  const connections = connectionCount();
  const served = new Set<string>();
  const port = portOf(asked);
  let listenerCount = 0;

  function notice(server: InetSocket): void {
    served.add(endKey(server.protocol, networkKey(server), server.local.port));
  }

  function take(socket: Socket): boolean {
    if (socket.protocol === 'unix' || socket.protocol === 'raw') return false;
    if (isServer(socket)) {
      if (!isMeant(socket, asked)) return false;
      listenerCount++;
      notice(socket);
      return keep(listeners, socket);
    }
    // macOS and Windows list sockets that a program has only created.
    if (isWithoutPort(socket)) return isMeant(socket, asked) && keep(unbound, socket);
    const isBound = socket.remote.port === 0;
    if (isBound) return isMeant(socket, asked) && keep(bound, socket);
    const isOfNobody = port !== null && listenerCount === 0;
    connections.add(socket, isOfNobody);
    return isOfNobody && socket.local.port === port && keep(holding, socket);
  }

  /** Connections by what they are to the service. */
  function directions({ localPorts, ownAddresses }: ServiceBeside): Directions {
    const own = new Set(ownAddresses.map((one) => placeKey(networkKey(one), one.address)));
    const isAtOwn = ({ network, address }: ConnectionLine) => own.has(placeKey(network, address));
    const lines = connections
      .lines()
      .map((line) => (!line.isOwn && isAtOwn(line) ? { ...line, isOwn: true } : line));
    const none = { incoming: [], opened: [], unclear: [] };
    // For an address it is not known which end opened the connection.
    if (asked.by === 'remote') return { ...none, outgoing: lines };
    const isServed = ({ protocol, network }: ConnectionLine, at: number) =>
      served.has(endKey(protocol, network, at));
    if (port === null || listenerCount > 0) {
      const isIncoming = (line: ConnectionLine) =>
        port === null ? isServed(line, line.port) : line.port === port;
      const outgoing = lines.filter((line) => !isIncoming(line));
      return { ...none, incoming: lines.filter(isIncoming), outgoing };
    }
    const byKind = groupedBy(lines, withoutServer(port, lines, { localPorts, isServed }));
    const of = (kind: WithoutServer) => byKind.get(kind) ?? [];
    return {
      ...{ incoming: of('incoming'), outgoing: of('outgoing') },
      ...{ opened: of('opened'), unclear: of('unclear') },
    };
  }

  return {
    take,
    notice,
    needsServers() {
      if (asked.by === 'remote' || connections.isEmpty()) return false;
      return port === null || listenerCount === 0;
    },
    needsAddresses: () =>
      port !== null && listenerCount === 0 && connections.lines().some(({ isOwn }) => !isOwn),
    isEmpty: () => listenerCount + bound.length === 0 && connections.isEmpty(),
    kept: () => [...listeners, ...bound, ...holding, ...unbound],
    service(beside) {
      const { elsewhere, forwards, units, earlier, similar } = beside;
      const portless =
        beside.portless && [...unbound, ...beside.portless].slice(0, mostServiceSockets);
      const { incoming, outgoing, opened, unclear } = directions(beside);
      const status = statusOf(asked, {
        listeners,
        isListening: listenerCount > 0,
        isBound: bound.length > 0,
        isClient: port !== null && outgoing.some(({ isOwn }) => !isOwn),
        isTaken: opened.some((line) => line.port === port),
        isConnected: [incoming, outgoing, opened, unclear].some((lines) => lines.length > 0),
        hasPortless: (portless ?? []).length > 0,
        isHidden: beside.isHidden,
        elsewhere: elsewhere ?? [],
        forwards: forwards ?? [],
      });
      const isKnown = beside.withConnections && status !== 'unknown';
      return {
        ...{ asked, status, listeners, listenerCount, bound, portless, similar, holding },
        incoming: isKnown && asked.by !== 'remote' ? connectionsOf(incoming) : null,
        outgoing: isKnown ? connectionsOf(outgoing) : null,
        opened: isKnown && asked.by === 'port' ? connectionsOf(opened) : null,
        unclear: isKnown && asked.by === 'port' ? connectionsOf(unclear) : null,
        clients: clientsOf(outgoing),
        ...{ elsewhere: elsewhere?.slice(0, mostServiceSockets) ?? null },
        ...{ forwards, units, earlier },
      };
    },
  };
}

/** Connections to the service, from it or to others of it, and while nothing listens, opened from its port or unclear. */
interface Directions {
  readonly incoming: readonly ConnectionLine[];
  readonly outgoing: readonly ConnectionLine[];
  readonly opened: readonly ConnectionLine[];
  readonly unclear: readonly ConnectionLine[];
}

/** Identifies where a server listens, whatever its address. */
function endKey(protocol: Protocol, network: string, port: number): string {
  return `${protocol} ${network} ${port}`;
}

/** Identifies an address in a network. */
function placeKey(network: string, address: string): string {
  return `${network} ${unmapped(address)}`;
}

function keep(kept: InetSocket[], socket: InetSocket): boolean {
  if (kept.length >= mostServiceSockets) return false;
  kept.push(socket);
  return true;
}

function statusOf(
  asked: ServiceAsked,
  seen: {
    /** The first of them. */
    readonly listeners: readonly InetSocket[];
    readonly isListening: boolean;
    readonly isBound: boolean;
    /** It has connections to the port at other machines. */
    readonly isClient: boolean;
    /** A connection was opened from the port here. */
    readonly isTaken: boolean;
    readonly isConnected: boolean;
    readonly hasPortless: boolean;
    readonly isHidden: boolean;
    readonly elsewhere: readonly InetSocket[];
    readonly forwards: readonly ServiceForward[];
  },
): ServiceStatus {
  const { listeners, forwards } = seen;
  const isUnserved = forwards.length > 0 && forwards.every(({ isServed }) => isServed === false);
  if (seen.isListening) {
    return isUnserved && listeners.every(standsForOther) ? 'unserved' : 'listening';
  }
  const port = portOf(asked);
  const leadsHere = ({ exposure }: InetSocket) =>
    exposure?.published.some(({ hostPort }) => hostPort === port) === true;
  if (seen.elsewhere.some(leadsHere)) return 'published';
  if (isUnserved) return 'unserved';
  if (forwards.length > 0) return 'forwarded';
  if (seen.isBound) return 'bound';
  if (seen.isClient) return 'client';
  if (seen.isTaken) return 'taken';
  if (seen.elsewhere.length > 0) return 'elsewhere';
  if (seen.isConnected) return 'connected';
  if (seen.hasPortless) return 'portless';
  return asked.by === 'program' && seen.isHidden ? 'unknown' : 'absent';
}
