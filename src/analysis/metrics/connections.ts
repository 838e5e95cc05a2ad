import { type InetProtocol, inetProtocols } from '../../model/protocol.ts';
import { otherLabel } from '../../model/report/metric.ts';
import type { Glance } from '../../model/socket/glance.ts';
import type { InetSocket } from '../../model/socket/socket.ts';
import { isGivenAway, type LocalPorts } from '../port-range.ts';
import type { ReuseSettings } from '../port-reuse.ts';
import type { Collector } from './collector.ts';
import { definitions } from './definitions.ts';
import { localPortsUsed } from './local-ports-used.ts';
import { type Spread, spread } from './spread.ts';
import { type Counts, count } from './tally.ts';

/** The bounds of round-trip times, in milliseconds as rows have them. */
const rttBounds = [0.1, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500] as const;
/** The bounds of the share of retransmitted bytes; the first: none. */
const retransmittedBounds = [0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5] as const;

/** What connections are counted by. */
export interface ConnectionsAsked {
  readonly localPorts: LocalPorts;
  readonly reuse: ReuseSettings;
  /** Whether the services file or the user names this port: a service port, not a random one. */
  isNamed(port: number, protocol: InetProtocol): boolean;
  /** The label of a remote port, if that port was asked for. */
  remoteLabel(port: number, protocol: InetProtocol): string | undefined;
  /** Labels that TCP always has, even without a connection; null: remote ports were not asked for. */
  readonly remoteLabels: readonly string[] | null;
  /** Whether round-trip times and retransmissions were asked for. */
  readonly tcpInfo: boolean;
}

/** Whether a port is always the same: the system does not give it to anybody, or it has a name. */
export function isLastingPort(
  { localPorts, isNamed }: Pick<ConnectionsAsked, 'localPorts' | 'isNamed'>,
  port: number,
  protocol: InetProtocol,
): boolean {
  return !isGivenAway(localPorts, port) || isNamed(port, protocol);
}

/** Counts the connections of one network as rows pass. */
export interface Connections {
  add(socket: InetSocket): void;
  /** TCP's measurements, before the row is made: then rows need no `tcpInfo`. */
  glance(glance: Glance): void;
  /** A server listens on this port, which is a lasting one. */
  serve(protocol: InetProtocol, port: number): void;
  /** `isTcpRead`: without it, no TCP connections does not mean zero. */
  collect(into: Collector, top: number, isTcpRead: boolean): void;
}

/** The protocols that have ports. */
const withPorts: readonly InetProtocol[] = inetProtocols.filter((one) => one !== 'raw');

interface Port {
  connections: number;
  readonly rtt: Spread;
  readonly retransmitted: Spread;
}

const newPort = (): Port => ({
  connections: 0,
  rtt: spread(rttBounds),
  retransmitted: spread(retransmittedBounds),
});

function join(into: Port, one: Port): void {
  into.connections += one.connections;
  into.rtt.join(one.rtt);
  into.retransmitted.join(one.retransmitted);
}

/** Whether any connection had a value, and whether any lacked it. */
interface Seen {
  hasKnown: boolean;
  hasUnknown: boolean;
}

const newSeen = (): Seen => ({ hasKnown: false, hasUnknown: false });

/** Counts of no connections yet. */
export function connections(asked: ConnectionsAsked): Connections {
  const used = localPortsUsed(asked.localPorts, asked.reuse);
  const services = byOwnPort(asked);
  const { portOf, measure } = services;
  const remote = byProtocol((): Counts => new Map());
  return {
    serve: services.serve,
    glance({ state, localPort, rtt, bytesSent, bytesRetransmitted }) {
      if (state === 'LISTEN' || state === 'TIME_WAIT' || state === 'SYN_RECV') return;
      measure(portOf('tcp', localPort), rtt, bytesSent, bytesRetransmitted);
    },
    add(socket) {
      const { protocol, state, local, tcpInfo } = socket;
      if (protocol === 'raw') return;
      const isTcp = protocol === 'tcp';
      if (isTcp) used.add(socket);
      if (state === 'TIME_WAIT') return;
      const port = portOf(protocol, local.port);
      port.connections++;
      if (asked.remoteLabels !== null) {
        count(remote[protocol], asked.remoteLabel(socket.remote.port, protocol) ?? otherLabel);
      }
      if (!isTcp || !asked.tcpInfo) return;
      if (!tcpInfo) {
        if (state === 'ESTABLISHED') services.missed();
        return;
      }
      const { rtt, bytesSent, bytesRetransmitted: again } = tcpInfo;
      measure(port, rtt, asNumber(bytesSent), asNumber(again));
    },
    collect(into, top, isTcpRead) {
      const ranked = services.ranked(top);
      collectServices(into, ranked, isTcpRead);
      if (asked.remoteLabels !== null) collectRemote(into, remote, asked.remoteLabels, isTcpRead);
      // A share needs all connections.
      if (isTcpRead) used.collect(into);
      if (asked.tcpInfo) collectMeasured(into, ranked, services.seen, isTcpRead);
    },
  };
}

/** Connections by their local port. */
function byOwnPort(asked: ConnectionsAsked) {
  const ports = byProtocol(() => new Map<number, Port>());
  /** At ephemeral ports, where no service can be. */
  const elsewhere = byProtocol(newPort);
  const served = byProtocol(() => new Set<number>());
  // Some kernels report round-trip times but not the bytes sent.
  const seen = { rtt: newSeen(), retransmitted: newSeen() };
  return {
    seen,
    serve(protocol: InetProtocol, port: number): void {
      served[protocol].add(port);
    },
    portOf(protocol: InetProtocol, port: number): Port {
      const known = ports[protocol].get(port);
      if (known !== undefined) return known;
      if (!isLastingPort(asked, port, protocol)) return elsewhere[protocol];
      const fresh = newPort();
      ports[protocol].set(port, fresh);
      return fresh;
    },
    /** Adds TCP's measurements of a connection at this port. */
    measure(
      port: Port,
      rtt: number | null,
      sent: number | null,
      retransmitted: number | null,
    ): void {
      // A new connection may have no round-trip time yet.
      seen.rtt.hasKnown = true;
      if (rtt !== null) port.rtt.add(rtt);
      if (sent === null || retransmitted === null) {
        seen.retransmitted.hasUnknown = true;
        return;
      }
      seen.retransmitted.hasKnown = true;
      if (sent > 0) port.retransmitted.add(retransmitted / sent);
    },
    /** A connection lacks measurements that it should have. */
    missed(): void {
      seen.rtt.hasUnknown = true;
      seen.retransmitted.hasUnknown = true;
    },
    /** The services with the most connections, and the sum of all others. */
    ranked(top: number): Ranked {
      const others = byProtocol(newPort);
      const services: Service[] = [];
      for (const protocol of withPorts) {
        join(others[protocol], elsewhere[protocol]);
        for (const [port, of] of ports[protocol]) {
          if (!served[protocol].has(port)) join(others[protocol], of);
        }
        for (const port of served[protocol]) {
          services.push({ protocol, port, of: ports[protocol].get(port) ?? newPort() });
        }
      }
      services.sort(
        (a, b) =>
          b.of.connections - a.of.connections ||
          a.port - b.port ||
          withPorts.indexOf(a.protocol) - withPorts.indexOf(b.protocol),
      );
      for (const { protocol, of } of services.slice(top)) join(others[protocol], of);
      return { listed: services.slice(0, top), others };
    },
  };
}

interface Service {
  readonly protocol: InetProtocol;
  readonly port: number;
  readonly of: Port;
}

interface Ranked {
  readonly listed: readonly Service[];
  readonly others: Readonly<Record<InetProtocol, Port>>;
}

function collectServices(into: Collector, { listed, others }: Ranked, isTcpRead: boolean): void {
  for (const { protocol, port, of } of listed) {
    into.add(definitions.serviceConnections, { protocol, port: String(port) }, of.connections);
  }
  for (const protocol of withPorts) {
    const { connections } = others[protocol];
    if (connections === 0 && !(protocol === 'tcp' && isTcpRead)) continue;
    into.add(definitions.serviceConnections, { protocol, port: otherLabel }, connections);
  }
}

/** Round-trip times and retransmissions, if TCP reports them. */
function collectMeasured(
  into: Collector,
  { listed, others }: Ranked,
  seen: { readonly rtt: Seen; readonly retransmitted: Seen },
  isTcpRead: boolean,
): void {
  const tcp = [
    ...listed.filter(({ protocol }) => protocol === 'tcp'),
    { port: otherLabel, of: others.tcp },
  ].map(({ port, of }) => ({ labels: { port: String(port) }, of }));
  const isKnown = ({ hasKnown, hasUnknown }: Seen) => hasKnown || (isTcpRead && !hasUnknown);
  for (const { labels, of } of isKnown(seen.rtt) ? tcp : []) {
    into.spread(definitions.rtt, inSeconds(of.rtt.distribution(labels)));
  }
  for (const { labels, of } of isKnown(seen.retransmitted) ? tcp : []) {
    into.spread(definitions.retransmitted, of.retransmitted.distribution(labels));
  }
}

function collectRemote(
  into: Collector,
  remote: Readonly<Record<InetProtocol, Counts>>,
  remoteLabels: readonly string[],
  isTcpRead: boolean,
): void {
  for (const protocol of withPorts) {
    const counts = remote[protocol];
    const always = protocol === 'tcp' && isTcpRead ? remoteLabels : [];
    const labels = new Set([...always, ...counts.keys()]);
    labels.delete(otherLabel);
    if (labels.size === 0 && !counts.has(otherLabel)) continue;
    for (const port of [...labels, otherLabel]) {
      into.add(definitions.remoteConnections, { protocol, port }, counts.get(port) ?? 0);
    }
  }
}

function byProtocol<T>(make: () => T): Readonly<Record<InetProtocol, T>> {
  const all = inetProtocols.map((protocol) => [protocol, make()] as const);
  return Object.fromEntries(all) as Record<InetProtocol, T>;
}

const asNumber = (value: bigint | null) => (value === null ? null : Number(value));

type Histogram = Parameters<Collector['spread']>[1];

/** Milliseconds to seconds, with bounds that are the decimal numbers people expect. */
function inSeconds({ labels, buckets, count: all, sum }: Histogram): Histogram {
  const scaled = buckets.map(({ bound, count: upTo }) => ({ bound: bound / 1000, count: upTo }));
  return { labels, buckets: scaled, count: all, sum: sum / 1000 };
}
