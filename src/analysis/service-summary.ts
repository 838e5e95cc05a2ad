import { unmapped } from '../model/address/text.ts';
import type {
  Service,
  ServiceAsked,
  ServiceConnections,
  ServiceForward,
  ServiceStatus,
  ServiceUnit,
} from '../model/report/service.ts';
import { isServer } from '../model/socket/classify.ts';
import { standsForOther } from '../model/socket/forwarder.ts';
import type { InetSocket, Socket } from '../model/socket/socket.ts';
import { compareText } from '../text/compare-text.ts';

/** The most sockets of each kind in a report. */
export const mostServiceSockets = 20;
/** The most addresses and programs in a report. */
const mostListed = 5;

/** Collects the sockets of a service, and sums them up. */
export interface ServiceGatherer {
  /** Call with each socket that may belong to the service; returns whether it is kept. */
  take(socket: Socket): boolean;
  /** The sockets kept, so that their owners can be looked up. */
  kept(): readonly InetSocket[];
  /** The result, once owners are known. */
  service(beside: ServiceBeside): Service;
}

/** What is known besides the sockets of the network that was asked about. */
export interface ServiceBeside {
  readonly elsewhere: readonly InetSocket[] | null;
  readonly forwards: readonly ServiceForward[] | null;
  readonly units: readonly ServiceUnit[] | null;
  readonly earlier: Service['earlier'];
  /** Whether connections were read too, not only servers. */
  readonly withConnections: boolean;
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

/** Collects the sockets of a service; for a program or an address, the caller must filter them. */
export function serviceGatherer(asked: ServiceAsked): ServiceGatherer {
  const listeners: InetSocket[] = [];
  const bound: InetSocket[] = [];
  const outgoing: InetSocket[] = [];
  const counts = { listeners: 0, incoming: newCount(), outgoing: newCount() };
  const port = portOf(asked);

  function take(socket: Socket): boolean {
    if (socket.protocol === 'unix' || socket.protocol === 'raw') return false;
    if (isServer(socket)) {
      if (!isMeant(socket, asked)) return false;
      counts.listeners++;
      return keep(listeners, socket);
    }
    const isBound = socket.remote.port === 0;
    if (isBound) return isMeant(socket, asked) && keep(bound, socket);
    // The end with the server's port determines the direction, unless both have it.
    if (port !== null && socket.local.port === port) {
      counts.incoming.add(socket);
      return false;
    }
    counts.outgoing.add(socket);
    return keep(outgoing, socket);
  }

  return {
    take,
    kept: () => [...listeners, ...bound, ...outgoing],
    service({ elsewhere, forwards, units, earlier, withConnections }) {
      const [incoming, away] = directions(asked, listeners, counts, withConnections);
      const status = statusOf(asked, {
        listeners,
        isListening: counts.listeners > 0,
        isBound: bound.length > 0,
        isConnected: counts.incoming.total() + counts.outgoing.total() > 0,
        elsewhere: elsewhere ?? [],
        forwards: forwards ?? [],
      });
      return {
        ...{ asked, status, listeners, listenerCount: counts.listeners, bound },
        ...{ incoming, outgoing: away, clients: clientsOf(outgoing) },
        ...{ elsewhere: elsewhere?.slice(0, mostServiceSockets) ?? null },
        ...{ forwards, units, earlier },
      };
    },
  };
}

function keep(kept: InetSocket[], socket: InetSocket): boolean {
  if (kept.length >= mostServiceSockets) return false;
  kept.push(socket);
  return true;
}

/** Incoming and outgoing connections. For a program, those at ports that it listens on are incoming. */
function directions(
  { by }: ServiceAsked,
  listeners: readonly InetSocket[],
  counts: { readonly incoming: Count; readonly outgoing: Count },
  withConnections: boolean,
): readonly [ServiceConnections | null, ServiceConnections | null] {
  if (!withConnections) return [null, null];
  // For an address it is not known which end opened the connection.
  if (by === 'remote') return [null, counts.outgoing.summary()];
  if (by === 'port') return [counts.incoming.summary(), counts.outgoing.summary()];
  const ports = new Set(listeners.map(({ local }) => local.port));
  const [incoming, outgoing] = counts.outgoing.parted((port) => ports.has(port));
  return [incoming, outgoing];
}

function statusOf(
  asked: ServiceAsked,
  seen: {
    /** The first of them. */
    readonly listeners: readonly InetSocket[];
    readonly isListening: boolean;
    readonly isBound: boolean;
    readonly isConnected: boolean;
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
  if (seen.elsewhere.length > 0) return 'elsewhere';
  return seen.isConnected ? 'connected' : 'absent';
}

/** Counts connections without keeping them. */
interface Count {
  add(socket: InetSocket): void;
  total(): number;
  summary(): ServiceConnections;
  /** Split into those whose local port satisfies `isOne`, and the rest. */
  parted(isOne: (port: number) => boolean): readonly [ServiceConnections, ServiceConnections];
}

interface Line {
  readonly port: number;
  readonly state: string;
  readonly address: string;
  count: number;
}

function newCount(): Count {
  const lines = new Map<string, Line>();
  const all = () => [...lines.values()];
  return {
    add({ local: { port }, remote, state }) {
      const address = unmapped(remote.address);
      const key = `${port} ${state} ${address}`;
      const line = lines.get(key);
      if (line === undefined) lines.set(key, { port, state: state ?? '', address, count: 1 });
      else line.count++;
    },
    total: () => all().reduce((sum, { count }) => sum + count, 0),
    summary: () => connectionsOf(all()),
    parted: (isOne) => [
      connectionsOf(all().filter(({ port }) => isOne(port))),
      connectionsOf(all().filter(({ port }) => !isOne(port))),
    ],
  };
}

function connectionsOf(lines: readonly Line[]): ServiceConnections {
  const states = sums(lines, ({ state }) => state);
  const addresses = sums(lines, ({ address }) => address);
  return {
    count: lines.reduce((sum, { count }) => sum + count, 0),
    states: Object.fromEntries(states),
    addresses: addresses.length,
    busiest: addresses.slice(0, mostListed).map(([address, count]) => ({ address, count })),
  };
}

/** Sums counts by a key, the largest first. */
function sums(lines: readonly Line[], by: (line: Line) => string): readonly [string, number][] {
  const all = new Map<string, number>();
  for (const line of lines) all.set(by(line), (all.get(by(line)) ?? 0) + line.count);
  return [...all].sort(([a, one], [b, other]) => other - one || compareText(a, b));
}

function clientsOf(connections: readonly InetSocket[]): Service['clients'] {
  const all = new Map<number, { program: string; pid: number; count: number }>();
  for (const { owners } of connections) {
    const [owner] = owners ?? [];
    if (owner === undefined) continue;
    const known = all.get(owner.pid);
    if (known !== undefined) known.count++;
    else all.set(owner.pid, { program: owner.program ?? '', pid: owner.pid, count: 1 });
  }
  return [...all.values()].sort((a, b) => b.count - a.count).slice(0, mostListed);
}
