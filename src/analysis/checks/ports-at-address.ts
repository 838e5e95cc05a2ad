import { groupedBy } from '../../model/add-to.ts';
import type { PortRange } from '../../model/address/port.ts';
import { isAnyAddress, unmapped } from '../../model/address/text.ts';
import type { InetSocket, Socket } from '../../model/socket/socket.ts';
import { counted, countText, listed } from '../../text/counted.ts';
import { isGivenAway } from '../port-range.ts';
import type { Draft, Group } from './check.ts';
import { percent, sum } from './numbers.ts';

/** The ports that the system assigns. */
export interface AssignedPorts {
  readonly range: PortRange;
  /** Those of them that are never assigned. */
  readonly reserved: readonly PortRange[];
  /** How many are assigned. */
  readonly count: number;
}

/** Stands for all local addresses. */
export const everywhere = '';

/** What the TCP sockets at one local address hold of the assigned ports, whatever their destinations. */
export interface HeldPorts {
  /** `everywhere`: those that are bound to all addresses. */
  readonly address: string;
  /** How many ports are taken. */
  readonly taken: number;
  /** Those of them that were probably bound, so that connect(2) cannot share them. */
  readonly bound: ReadonlySet<number>;
  readonly timeWait: number;
  readonly destinations: number;
  /** Whether sockets among them are not connected. */
  readonly hasUnconnected: boolean;
  readonly socketCount: number;
  /** A few of each destination, those that look bound first. */
  readonly sockets: readonly Socket[];
}

/** Sums groups by destination, and those of what is not connected, up by local address: all addresses first. */
export function heldByAddress(
  groups: Iterable<Group>,
  assigned: AssignedPorts,
): readonly HeldPorts[] {
  const byAddress = groupedBy([...groups], (group) => {
    const address = addressOf(group);
    return address === everywhere ? everywhere : `${address}%${firstOf(group).local.zone ?? ''}`;
  });
  const atAll = byAddress.get(everywhere) ?? [];
  byAddress.delete(everywhere);
  return [
    ...(atAll.length === 0 ? [] : [heldBy(everywhere, atAll, assigned)]),
    ...[...byAddress.values()].map((own) =>
      heldBy(addressOf(own[0] as Group), [...own, ...atAll], assigned),
    ),
  ];
}

/** The local address of a group; `everywhere` if that is any. */
function addressOf(group: Group): string {
  const address = unmapped(firstOf(group).local.address);
  return isAnyAddress(address) ? everywhere : address;
}

function heldBy(address: string, groups: readonly Group[], assigned: AssignedPorts): HeldPorts {
  const portsOf = (some: readonly Group[]) =>
    some.flatMap(({ localPorts }) => localPorts).filter((port) => isGivenAway(assigned, port));
  const connected = groups.filter(isConnected);
  const unconnected = groups.filter((group) => !isConnected(group));
  // What has a port without being connected has bound it.
  const bound = new Set(portsOf(unconnected));
  const connections = new Map<number, number>();
  for (const port of portsOf(connected)) connections.set(port, (connections.get(port) ?? 0) + 1);
  const taken = new Set([...bound, ...connections.keys()]);
  const shareable = new Set(connected.filter((group) => looksShareable(group, assigned)));
  const others = groups.filter((group) => !shareable.has(group));
  for (const port of portsOf(others)) if (connections.get(port) === 1) bound.add(port);
  return {
    address,
    ...{ taken: taken.size, bound },
    timeWait: sum(groups.map(({ states }) => states.get('TIME_WAIT') ?? 0)),
    destinations: connected.length,
    hasUnconnected: unconnected.length > 0,
    socketCount: sum(groups.map(({ count }) => count)),
    sockets: [...others, ...shareable].flatMap(({ sockets }) => sockets),
  };
}

const firstOf = ({ sockets }: Group): InetSocket => sockets[0] as InetSocket;

/** Whether it has a destination: what listens or is only bound has none. */
export function isConnected(group: Group): boolean {
  return firstOf(group).remote.port !== 0;
}

/** Fewer connections to one destination do not show how their ports were chosen. */
const telling = 10;

/**
 * Whether the connections to one destination have ports as connect(2) chooses them, which it shares with those to other
 * destinations: of every two ports the first, and of the others only once these are used up. bind(2) chooses the other
 * way round. __inet_hash_connect in net/ipv4/inet_hashtables.c, inet_csk_find_open_port in inet_connection_sock.c; since
 * Linux 4.2.
 */
function looksShareable(
  { count, localPorts }: Group,
  { range, count: all }: AssignedPorts,
): boolean {
  if (count < telling) return false;
  const preferred = localPorts.filter((port) => (port - range.first) % 2 === 0).length;
  return (count - preferred) * 10 <= count || preferred * 2 >= all * 0.9;
}

/** The finding about ports at an address, of which sockets that ask for one without a destination find too few. */
export function crowdedAddress(
  held: HeldPorts,
  { range: { first, last }, count: ports }: AssignedPorts,
  severity: 'warning' | 'critical',
): Draft {
  const { address, taken, timeWait, destinations } = held;
  const bound = held.bound.size;
  const from = address === everywhere ? 'all addresses' : address;
  const free = 'unconnected sockets';
  const holders =
    destinations === 0
      ? `${free} at ${from}`
      : `connections from ${from} to ${counted(destinations, 'destination')}${held.hasUnconnected ? ` and ${free}` : ''}`;
  const over = timeWait === 0 ? '' : `, ${countText(timeWait)} of them in TIME_WAIT`;
  return {
    severity,
    // The kernel does not tell which ports were bound.
    certainty: 'likely',
    title: `${percent(taken, ports)} % of the local ports at ${from} are taken, whatever the destination`,
    observations: [
      `${countText(taken)} of the ports ${first} to ${last}, of which ${countText(ports)} are usable, are held by ${holders}${over}.`,
      `${countText(bound)} of these ports ${bound === 1 ? 'looks' : 'look'} bound before connect(2), which shares others between destinations.`,
    ],
    seen: { taken, bound, ports, timeWait, destinations, first, last },
    sockets: held.sockets,
    socketCount: held.socketCount,
    why: 'bind(2) without a port, also before connect(2), needs one that no other socket at the address has, not even in TIME_WAIT: once none is left, it fails with EADDRINUSE ("Address already in use"). connect(2) alone shares ports between destinations, but not those that were bound: once all were, it fails too (EADDRNOTAVAIL), to every destination.',
    remedy: remedyFor([held]),
    command: commandFor([held], first),
  };
}

/**
 * The finding about ports that look bound at several addresses, `bound` of them at any, each of which has some left: connect(2) without bind(2)
 * takes none that is bound anywhere, even for another address (__inet_hash_connect in net/ipv4/inet_hashtables.c).
 */
export function crowdedTogether(
  helds: readonly HeldPorts[],
  bound: number,
  { range: { first, last }, count: ports }: AssignedPorts,
  severity: 'warning' | 'critical',
): Draft {
  const each = helds.toSorted((a, b) => b.bound.size - a.bound.size);
  const shown = each.slice(0, mostAddresses);
  const places = shown.map(({ address, bound }) => `${address} (${countText(bound.size)})`);
  const addresses = counted(helds.length, 'address', 'addresses');
  return {
    severity,
    certainty: 'likely',
    title: `${percent(bound, ports)} % of the local ports are bound at ${addresses} together`,
    observations: [
      `${countText(bound)} of the ports ${first} to ${last}, of which ${countText(ports)} are usable, look bound before connect(2)${shown.length < each.length ? ', the most ' : ': '}at ${listed(places, 'and')}.`,
    ],
    seen: { bound, ports, addresses: helds.length, first, last },
    sockets: each.flatMap(({ sockets }) => sockets),
    socketCount: sum(each.map(({ socketCount }) => socketCount)),
    why: 'connect(2) alone takes no port that another socket has bound, whatever the address of that: once all are, it fails with EADDRNOTAVAIL ("Cannot assign requested address"), to every destination, although bind(2) still finds ports at each address. bind(2) to all addresses (0.0.0.0, ::) fails with EADDRINUSE.',
    remedy: remedyFor(helds),
    command: commandFor(helds, first),
  };
}

/** The most addresses that are named. */
const mostAddresses = 5;

/** The ports that look bound at any of these addresses. */
export function boundAtAny(helds: readonly HeldPorts[]): ReadonlySet<number> {
  return new Set(helds.flatMap(({ bound }) => [...bound]));
}

function remedyFor(helds: readonly HeldPorts[]): string {
  const over = sum(helds.map(({ timeWait }) => timeWait));
  const isOver = over * 2 > sum(helds.map(({ socketCount }) => socketCount));
  return `${isOver ? 'Most are in TIME_WAIT: make the program reuse connections (keep-alive, a pool)' : 'Look for a leak or a pool without a limit in the program that holds them'}. If it binds an address before connect(2), let it set IP_BIND_ADDRESS_NO_PORT: then its connections share ports between destinations. A wider net.ipv4.ip_local_port_range only buys time.`;
}

/** Lists them; of several addresses, all. */
function commandFor(helds: readonly HeldPorts[], first: number): readonly string[] {
  const [one = '', ...others] = helds.map(({ address }) => address);
  return [
    '-tanp',
    ...(helds.some(({ hasUnconnected }) => hasUnconnected) ? ['--bound-inactive'] : []),
    ...(one === everywhere || others.length > 0 ? [] : ['src', one, 'and']),
    ...['sport', '>=', `:${first}`],
  ];
}
