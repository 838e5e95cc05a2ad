import { unmapped } from '../../model/address-text.ts';
import type { Glance } from '../../model/glance.ts';
import { otherLabel } from '../../model/metric.ts';
import { type InetProtocol, type InetSocket, inetProtocols } from '../../model/socket.ts';
import { isGivenAway, isIn, type LocalPorts, portsIn } from '../port-range.ts';
import type { Collector } from './collector.ts';
import { definitions } from './definitions.ts';
import { type Spread, spread } from './spread.ts';
import { type Counts, count, entryOf } from './tally.ts';

/** The bounds of round-trip times, in milliseconds as rows have them. */
const rttBounds = [0.1, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500] as const;
/** The bounds of the share of bytes that were sent again; the first: none was. */
const retransmittedBounds = [0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5] as const;
/** So many destinations are ranked. */
export const ranks = 5;

/** What is known before connections are counted. */
export interface ConnectionsAsked {
  readonly localPorts: LocalPorts;
  /** The services file, or whoever is asked, names it: it is nobody's by chance. */
  isNamed(port: number, protocol: InetProtocol): boolean;
  /** What a remote port counts as, where it was asked for. */
  remoteLabel(port: number, protocol: InetProtocol): string | undefined;
  /** Labels that are told of TCP even where no connection has them; null: remote ports were not asked for. */
  readonly remoteLabels: readonly string[] | null;
  /** Round-trip times and retransmissions were asked for. */
  readonly tcpInfo: boolean;
}

/** The connections of one network, as they pass by. */
export interface Connections {
  add(socket: InetSocket): void;
  /** Of what a row would tell the rest, before it is made: then rows need not have TCP's record. */
  glance(glance: Glance): void;
  /** Something listens there. */
  serve(protocol: InetProtocol, port: number): void;
  /** `isTcpRead`: without it no connection of TCP is not none. */
  collect(into: Collector, top: number, isTcpRead: boolean): void;
}

/** Protocols whose ports are ports. */
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

/** Whether connections were told with something, and whether any was told without. */
interface Seen {
  isTold: boolean;
  isUntold: boolean;
}

const newSeen = (): Seen => ({ isTold: false, isUntold: false });

/** None so far. */
export function connections(asked: ConnectionsAsked): Connections {
  const { localPorts } = asked;
  const ports = byProtocol(() => new Map<number, Port>());
  /** At ports that the system gives away, where no service can be. */
  const elsewhere = byProtocol(newPort);
  const served = byProtocol(() => new Set<number>());
  const remote = byProtocol((): Counts => new Map());
  const destinations = new Map<string, Map<number, Map<string, number>>>();
  // Some kernels tell round-trip times and not how much was sent.
  const seen = { rtt: newSeen(), retransmitted: newSeen() };
  const mayServe = (protocol: InetProtocol, port: number) =>
    !isGivenAway(localPorts, port) || asked.isNamed(port, protocol);

  function portOf(protocol: InetProtocol, port: number): Port {
    const known = ports[protocol].get(port);
    if (known !== undefined) return known;
    if (!mayServe(protocol, port)) return elsewhere[protocol];
    const fresh = newPort();
    ports[protocol].set(port, fresh);
    return fresh;
  }

  /** Ports that the system gives to connections of its own accord are used up by destination. */
  function addDestination({ local, remote: to }: InetSocket): void {
    const own = `${unmapped(local.address)}%${local.zone ?? ''}`;
    const byPort = entryOf(destinations, own, () => new Map<number, Counts>());
    const byAddress = entryOf(byPort, to.port, (): Counts => new Map());
    count(byAddress, unmapped(to.address));
  }

  function addTcp(
    port: Port,
    rtt: number | null,
    sent: number | null,
    retransmitted: number | null,
  ): void {
    // Of a connection that is new there may be none yet.
    seen.rtt.isTold = true;
    if (rtt !== null) port.rtt.add(rtt);
    if (sent === null || retransmitted === null) {
      seen.retransmitted.isUntold = true;
      return;
    }
    seen.retransmitted.isTold = true;
    if (sent > 0) port.retransmitted.add(retransmitted / sent);
  }

  return {
    glance({ state, localPort, rtt, bytesSent, bytesRetransmitted }) {
      if (state === 'LISTEN' || state === 'TIME_WAIT' || state === 'SYN_RECV') return;
      addTcp(portOf('tcp', localPort), rtt, bytesSent, bytesRetransmitted);
    },
    serve(protocol, port) {
      if (mayServe(protocol, port)) served[protocol].add(port);
    },
    add(socket) {
      const { protocol, state, local, tcpInfo } = socket;
      if (protocol === 'raw') return;
      const isTcp = protocol === 'tcp';
      const { range } = localPorts;
      // A half-open connection is a client's.
      if (isTcp && range !== null && isIn(range, local.port) && state !== 'SYN_RECV') {
        addDestination(socket);
      }
      if (state === 'TIME_WAIT') return;
      const port = portOf(protocol, local.port);
      port.connections++;
      if (asked.remoteLabels !== null) {
        count(remote[protocol], asked.remoteLabel(socket.remote.port, protocol) ?? otherLabel);
      }
      if (!isTcp || !asked.tcpInfo) return;
      if (!tcpInfo) {
        if (state === 'ESTABLISHED') {
          seen.rtt.isUntold = true;
          seen.retransmitted.isUntold = true;
        }
        return;
      }
      const { rtt, bytesSent, bytesRetransmitted: again } = tcpInfo;
      addTcp(port, rtt, asNumber(bytesSent), asNumber(again));
    },
    collect(into, top, isTcpRead) {
      const others = byProtocol(newPort);
      const services: {
        readonly protocol: InetProtocol;
        readonly port: number;
        readonly of: Port;
      }[] = [];
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
      const told = services.slice(0, top);
      for (const { protocol, of } of services.slice(top)) join(others[protocol], of);
      for (const { protocol, port, of } of told) {
        into.add(definitions.serviceConnections, { protocol, port: String(port) }, of.connections);
      }
      for (const protocol of withPorts) {
        const { connections } = others[protocol];
        if (connections === 0 && !(protocol === 'tcp' && isTcpRead)) continue;
        into.add(definitions.serviceConnections, { protocol, port: otherLabel }, connections);
      }
      collectRemote(into, isTcpRead);
      // Some of them are no share.
      if (isTcpRead) collectLocalPorts(into);
      if (!asked.tcpInfo) return;
      const tcp = [
        ...told.filter(({ protocol }) => protocol === 'tcp'),
        { port: otherLabel, of: others.tcp },
      ].map(({ port, of }) => ({ labels: { port: String(port) }, of }));
      const isKnown = ({ isTold, isUntold }: Seen) => isTold || (isTcpRead && !isUntold);
      for (const { labels, of } of isKnown(seen.rtt) ? tcp : []) {
        into.spread(definitions.rtt, inSeconds(of.rtt.distribution(labels)));
      }
      for (const { labels, of } of isKnown(seen.retransmitted) ? tcp : []) {
        into.spread(definitions.retransmitted, of.retransmitted.distribution(labels));
      }
    },
  };

  function collectRemote(into: Collector, isTcpRead: boolean): void {
    if (asked.remoteLabels === null) return;
    for (const protocol of withPorts) {
      const counts = remote[protocol];
      const always = protocol === 'tcp' && isTcpRead ? asked.remoteLabels : [];
      const labels = new Set([...always, ...counts.keys()]);
      labels.delete(otherLabel);
      if (labels.size === 0 && !counts.has(otherLabel)) continue;
      for (const port of [...labels, otherLabel]) {
        into.add(definitions.remoteConnections, { protocol, port }, counts.get(port) ?? 0);
      }
    }
  }

  function collectLocalPorts(into: Collector): void {
    const { range, reserved } = localPorts;
    if (range === null) return;
    const all = portsIn(range, reserved);
    const most = new Array<number>(ranks).fill(0);
    for (const byPort of destinations.values()) {
      for (const byAddress of byPort.values()) {
        for (const taken of byAddress.values()) {
          if (taken <= (most[ranks - 1] as number)) continue;
          most[ranks - 1] = taken;
          most.sort((a, b) => b - a);
        }
      }
    }
    for (const [at, taken] of most.entries()) {
      into.add(definitions.localPortsUsed, { rank: String(at + 1) }, taken / all);
    }
  }
}

function byProtocol<T>(make: () => T): Readonly<Record<InetProtocol, T>> {
  const all = inetProtocols.map((protocol) => [protocol, make()] as const);
  return Object.fromEntries(all) as Record<InetProtocol, T>;
}

const asNumber = (value: bigint | null) => (value === null ? null : Number(value));

type Told = Parameters<Collector['spread']>[1];

/** Milliseconds as seconds, whose bounds are the decimal numbers that people expect. */
function inSeconds({ labels, buckets, count: all, sum }: Told): Told {
  const scaled = buckets.map(({ bound, count: upTo }) => ({ bound: bound / 1000, count: upTo }));
  return { labels, buckets: scaled, count: all, sum: sum / 1000 };
}
