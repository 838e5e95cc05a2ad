import { isInRange, type PortRange } from '../../model/address/port.ts';
import { endText, unmapped } from '../../model/address/text.ts';
import type { SystemFacts } from '../../model/machine/system-facts.ts';
import type { InetSocket, Socket } from '../../model/socket/socket.ts';
import { counted, countText } from '../../text/counted.ts';
import { destinationOf, portCount } from '../port-range.ts';
import { isOverLoopback, reuseLacks, timestampsOn } from '../port-reuse.ts';
import { check, type Draft, type Group } from './check.ts';
import { percent, reachesShare } from './numbers.ts';
import {
  type AssignedPorts,
  boundAtAny,
  crowdedAddress,
  crowdedTogether,
  everywhere,
  type HeldPorts,
  heldByAddress,
  isConnected,
} from './ports-at-address.ts';
import { inetOnly } from './socket-sets.ts';
import { crowdedUdp } from './udp-ports.ts';

/** Local ports that run out: to a destination, at an address, for UDP. */
export const localPorts = check({
  name: 'local-ports',
  summary: 'local ports that run out: to a destination, at an address, for UDP',
  text: {
    meaning:
      'Each outgoing connection needs a port that the kernel assigns (net.ipv4.ip_local_port_range without ip_local_reserved_ports). Once none is left, connect(2) or bind(2) fails.',
    found: [
      [
        'critical',
        'To a destination, or for UDP: `full` percent of the ports are taken, counted as for a warning. At an address, or at several together: `full` percent look bound. New sockets then fail, or soon will: connect(2) with EADDRNOTAVAIL, bind(2) with EADDRINUSE, those of UDP with EAGAIN.',
      ],
      [
        'warning',
        'To a destination: connections from one local address to one remote address and port have taken `used` percent of the ports. Those in TIME_WAIT count, unless connect(2) reuses them.',
      ],
      [
        'warning',
        'At an address: TCP sockets hold `used` percent, and a third or more of the ports held look bound before connect(2). bind(2) gets no port that another socket there has; connect(2) shares ports between destinations, but not those bound.',
      ],
      [
        'warning',
        'At several addresses together: `used` percent look bound. connect(2) alone takes none that is bound at any of them.',
      ],
      ['warning', 'For UDP: sockets hold `used` percent.'],
      [
        'note',
        'To a destination: `full` percent are taken, but less than `used` percent without those in TIME_WAIT that connect(2) reuses after a second. It does so if net.ipv4.tcp_tw_reuse is 1, or 2 and an address is of loopback, and net.ipv4.tcp_timestamps is on.',
      ],
    ],
    silent:
      'Connections that clients have opened to a server here. Sockets that are only bound, unless `--bound-inactive` is given. Which ports were bound the kernel does not tell: a port looks so if a single connection has it, unless the connections to that destination have every second port first, as connect(2) alone chooses them.',
    remedy:
      'Make the program reuse connections (keep-alive, a pool), or look for a leak in it. A wider range of ports only buys time.',
  },
  about: 'sockets',
  thresholds: {
    used: { value: 70, unit: '%', meaning: 'of the ports are taken' },
    full: { value: 95, unit: '%', meaning: 'of the ports are taken, for critical' },
  },
  needs: {
    protocols: ['tcp', 'udp'],
    facts: ['localPortRange'],
    usefulFacts: ['reservedPorts', 'timeWaitReuse', 'tcpTimestamps'],
  },
  watches(socket, { system }) {
    const range = system.values.localPortRange ?? null;
    return socket.protocol === 'udp' && range !== null && isInRange(range, socket.local.port);
  },
  glances: () => false,
  groupOf(socket, { system }) {
    if (socket.protocol !== 'tcp') return null;
    return countsIn(system, socket.local.port, socket.state) ? destinationOf(socket) : null;
  },
  keepsPorts: true,
  tallies: ({ localPort, state }, { system }) => countsIn(system, localPort, state),
  groupsIf({ system }, { used }, ports) {
    const assigned = assignedBy(system);
    if (assigned === null) return false;
    return ports === null || reachesShare(ports, assigned.count, used);
  },
  find({ groups, sockets, system }, { used, full }) {
    const assigned = assignedBy(system);
    if (assigned === null) return [];
    const reaches = (count: number, share: number) => reachesShare(count, assigned.count, share);
    const worstAt = new Map<string, Draft['severity']>();
    const drafts: Draft[] = [];
    const destinations = [...groups.values()].filter(isConnected);
    for (const group of destinations.sort((a, b) => b.count - a.count)) {
      const taken = takenBy(group, assigned, system);
      const blocked = taken.count - taken.reusable;
      if (reaches(blocked, used)) {
        const draft = crowded(taken, reaches(blocked, full));
        drafts.push(draft);
        if (!worstAt.has(taken.from)) worstAt.set(taken.from, draft.severity);
      } else if (reaches(taken.count, full)) {
        drafts.push(reused(taken));
      }
    }
    const helds = heldByAddress(groups.values(), assigned);
    for (const held of helds) {
      if (!reaches(held.taken, used) || held.bound.size * 3 < held.taken) continue;
      const severity = reaches(held.bound.size, full) ? 'critical' : 'warning';
      const worst = worstAt.get(everywhere) ?? worstAt.get(held.address);
      if (worst === 'critical' || worst === severity) continue;
      if (held.address === everywhere) worstAt.set(everywhere, severity);
      drafts.push(crowdedAddress(held, assigned, severity));
    }
    const places = helds.filter(isBoundAt);
    const bound = boundAtAny(places);
    if (places.length > 1 && reaches(bound.size, used)) {
      const severity = reaches(bound.size, full) ? 'critical' : 'warning';
      const worst = drafts.map((draft) => draft.severity);
      if (!worst.includes('critical') && !worst.includes(severity)) {
        drafts.push(crowdedTogether(places, bound.size, assigned, severity));
      }
    }
    return [...drafts, ...crowdedUdp(inetOnly(sockets), assigned, { used, full })];
  },
});

/** Whether ports look bound at an address, not at all. */
function isBoundAt({ address, bound }: HeldPorts): boolean {
  return address !== everywhere && bound.size > 0;
}

/** The ports that a system assigns; null: not known. */
function assignedBy({ values }: SystemFacts): AssignedPorts | null {
  const range = values.localPortRange ?? null;
  if (range === null) return null;
  const reserved = values.reservedPorts ?? [];
  return { range, reserved, count: portCount(range, reserved) };
}

/** Whether a TCP socket has one of the ports that a system assigns; half-open connections have that of their server. */
function countsIn({ values }: SystemFacts, localPort: number, state: string | null): boolean {
  const range = values.localPortRange ?? null;
  return range !== null && isInRange(range, localPort) && state !== 'SYN_RECV';
}

/** The ports that connections to one destination have taken. */
interface Taken {
  readonly range: PortRange;
  /** How many can be assigned. */
  readonly ports: number;
  readonly count: number;
  readonly sockets: readonly Socket[];
  /** How many are in TIME_WAIT. */
  readonly over: number;
  /** How many of these connect(2) reuses. */
  readonly reusable: number;
  readonly overLoopback: boolean;
  /** The settings that prevent it: `reuseLacks`. */
  readonly lacks: readonly string[];
  /** The local address, and the destination. */
  readonly from: string;
  readonly to: string;
}

function takenBy(group: Group, { range, count: ports }: AssignedPorts, system: SystemFacts): Taken {
  const { count, states, sockets } = group;
  const connection = sockets[0] as Socket as InetSocket;
  const { local, remote } = connection;
  const [from, there] = [unmapped(local.address), unmapped(remote.address)];
  const over = states.get('TIME_WAIT') ?? 0;
  const overLoopback = isOverLoopback(connection);
  const { timeWaitReuse, tcpTimestamps } = system.values;
  const lacks = reuseLacks({ timeWaitReuse, tcpTimestamps }, overLoopback);
  return {
    ...{ range, ports, count, sockets, over, overLoopback, lacks, from },
    to: endText({ ...remote, address: there }),
    reusable: lacks.length === 0 ? over : 0,
  };
}

function crowded(taken: Taken, isFull: boolean): Draft {
  const { ports, count, over, reusable, to } = taken;
  const blocked = count - reusable;
  return {
    severity: isFull ? 'critical' : 'warning',
    certainty: 'sure',
    title: `${percent(blocked, ports)} % of the local ports to ${to} are taken`,
    ...partsFor(taken),
    why: 'Each connection to the same address and port needs its own local port, also for a minute after its end if this side closed it. Once none is left, connect(2) fails with EADDRNOTAVAIL ("Cannot assign requested address").',
    remedy:
      (over - reusable) * 2 > blocked
        ? `Most are in TIME_WAIT: the program opens a connection for each request. Make it reuse connections (keep-alive, a pool). ${allowText(taken)}; a wider net.ipv4.ip_local_port_range only buys time.`
        : 'Most are open: look for a leak or a pool without a limit in the program that holds them. If that many are needed, use more local addresses or more ports of the destination, or widen net.ipv4.ip_local_port_range.',
  };
}

/** How ports in TIME_WAIT can be reused. */
function allowText({ lacks, overLoopback }: Taken): string {
  const peer = overLoopback ? '' : ', if the other end uses TCP timestamps too';
  const since = lacks.includes(timestampsOn) ? ' of connections opened from then on' : '';
  return `\`sysctl -w ${lacks.join(' ')}\` lets connect(2) reuse ports in TIME_WAIT${since} after a second${peer}`;
}

/** So many are taken only with those in TIME_WAIT, which connect(2) reuses. */
function reused(taken: Taken): Draft {
  const { ports, count, over, to, overLoopback } = taken;
  return {
    severity: 'note',
    // Whether these connections had timestamps is not known.
    certainty: 'likely',
    title: `${percent(count, ports)} % of the local ports to ${to} are taken, ${over * 2 > count ? 'most' : 'some'} in TIME_WAIT, from which connect(2) reuses them`,
    ...partsFor(taken),
    why: `A connection that this side closed keeps its local port for a minute. connect(2) reuses the port after a second (net.ipv4.tcp_tw_reuse)${overLoopback ? '' : ', if the other end uses TCP timestamps'}; a program that calls bind(2) before it, without IP_BIND_ADDRESS_NO_PORT, fails with EADDRINUSE ("Address already in use").`,
    remedy:
      'Nothing needs to be done while connections succeed. If they fail, make the program reuse connections (keep-alive, a pool); a wider net.ipv4.ip_local_port_range only buys time.',
  };
}

function partsFor(
  taken: Taken,
): Pick<Draft, 'observations' | 'seen' | 'sockets' | 'socketCount' | 'command'> {
  const { ports, count, sockets, over, reusable, from, to } = taken;
  const { first, last } = taken.range;
  const left = reusable > 0 ? ', and their ports can be reused' : '';
  return {
    observations: [
      `${counted(count, 'connection')} from ${from} to ${to} ${count === 1 ? 'has' : 'have'} a port of ${first} to ${last}, of which ${countText(ports)} are usable; ${countText(over)} of the connections ${over === 1 ? 'is' : 'are'} in TIME_WAIT${left}.`,
    ],
    seen: { taken: count, ports, timeWait: over, reusable, first, last },
    sockets,
    socketCount: count,
    command: ['-tanp', 'src', from, 'and', 'dst', to],
  };
}
