import { addTo } from '../../model/add-to.ts';
import type { Endpoint } from '../../model/address/endpoint.ts';
import { isLoopback } from '../../model/address/read.ts';
import { isAnyAddress, isMulticast, unmapped } from '../../model/address/text.ts';
import { loopbackIndex } from '../../model/machine/interface.ts';
import { inNetns, networkKey } from '../../model/machine/netns.ts';
import type { OwnAddress } from '../../model/machine/own-address.ts';
import type { InetProtocol } from '../../model/protocol.ts';
import { keptDevice } from '../../model/socket/device.ts';
import type { InetSocket, Socket } from '../../model/socket/socket.ts';
import { takesIpv4 } from '../../model/socket/v6only.ts';

/**
 * Why it cannot be known whether a socket here is the other end. `families`: whether an IPv6 server accepts IPv4
 * too. `interface`: whether packets to an address arrive on the interface that a server is bound to.
 */
export type WhyUnknown = 'families' | 'interface';

/**
 * The sockets that may be the other end of a socket; empty: it is on another machine, or not known. A `WhyUnknown`:
 * there may be one here, but that cannot be decided.
 */
export type OtherEnds = (socket: InetSocket) => readonly InetSocket[] | WhyUnknown;

/**
 * Finds the other ends of connections among the sockets of one machine.
 *
 * TCP and SCTP: the socket with the same two ends, swapped. An IPv4-mapped address is the IPv4 address in it, so a
 * row of `tcp6` pairs with one of `tcp`. Of several such rows those in TIME_WAIT are older.
 *
 * UDP and UDP-Lite: the same; else whoever receives what the socket sends, in the kernel's lookup order: a socket
 * bound to the remote address and port, then one bound to that port at any address. The latter counts only where
 * the remote address is this machine's: a loopback one, the socket's own, one that another socket is bound to, or one
 * of `others`.
 * Whether a server at `::` accepts IPv4 too is up to its program; where that is not known, the receiver is not
 * either. A server bound to an interface receives only what arrives there, and has precedence over others at the
 * same address; what this machine sends to an address of its own arrives on the interface that has the address.
 *
 * Raw sockets have no ports to pair by.
 *
 * With the sockets of several network namespaces, each is looked for in its own first. Loopback addresses, and a
 * remote address equal to the local one, lead to no other. Of the other namespaces (the other end of a veth pair)
 * only one may have a match: several may have the same addresses.
 *
 * `others`: further addresses of the machine, such as its interfaces', and those that sockets are bound to which are not
 * among these.
 */
export function otherEnds(sockets: readonly Socket[], others = noAddresses): OtherEnds {
  const index = indexOf(sockets, others);
  return (socket) => {
    const { protocol, remote, netns } = socket;
    if (protocol === 'raw' || !isWhole(socket) || !hasRemote(socket)) return [];
    const pairs = pairsOf(socket, index);
    const fits = (other: InetSocket) => other.netns === netns && fitsZones(socket, other);
    const [only] = pairs;
    // Nearly all sockets have one pair; this avoids building a list.
    if (only !== undefined && pairs.length === 1 && fits(only)) {
      if (!isDatagram(protocol) || keptDevice(only) === null) return pairs;
    }
    const found = pairs.filter(fits);
    if (found.length > 0 && !isDatagram(protocol)) return withoutOld(found);
    if (isDatagram(protocol)) {
      const connected = reached(found, socket);
      // Being connected to each other is evidence enough.
      if (connected === 'interface') return found;
      if (connected.length > 0) return connected;
      // `servers` may also be a `WhyUnknown`, whose length is positive too.
      const servers = isManyMachines(remote.address) ? nobody : receiversHere(socket, index);
      if (servers.length > 0) return servers;
    }
    return index.places.size > 1 && leadsElsewhere(socket) ? elsewhere(socket, pairs, index) : [];
  };
}

/** Whether a connection may end in another network namespace. */
function leadsElsewhere({ local, remote }: InetSocket): boolean {
  const address = unmapped(remote.address);
  return !isLoopback(address) && address !== unmapped(local.address);
}

/**
 * The other end in another network namespace, if only one of these has it. Zones are not compared: links have other
 * names there.
 */
function elsewhere(
  socket: InetSocket,
  pairs: readonly InetSocket[],
  index: Index,
): readonly InetSocket[] | WhyUnknown {
  const { protocol, remote } = socket;
  const others = withoutOld(pairs.filter(({ netns }) => netns !== socket.netns));
  if (others.length > 0) return ofOnePlace(others);
  if (!isDatagram(protocol) || isManyMachines(remote.address)) return [];
  // What is sent to an own address does not leave.
  if (index.isOwn(socket.netns, unmapped(remote.address))) return [];
  const found = [...index.places.keys()]
    .filter((netns) => netns !== socket.netns)
    .map((netns) => receivers(socket, index, netns));
  const why = found.find((some) => typeof some === 'string');
  return why ?? ofOnePlace((found as readonly (readonly InetSocket[])[]).flat());
}

function ofOnePlace(found: readonly InetSocket[]): readonly InetSocket[] {
  return found.every(({ netns }) => netns === found[0]?.netns) ? found : [];
}

/** The sockets with the same ends, swapped, in every network namespace. */
function pairsOf(socket: InetSocket, { connected, numbers }: Index): readonly InetSocket[] {
  const [key = 0, ...more] = swappedPairs(socket, numbers);
  const pairs = at(connected, key);
  if (more.length === 0) return pairs;
  return [...new Set([...pairs, ...more.flatMap((other) => at(connected, other))])];
}

const nobody: readonly InetSocket[] = [];

/** Sockets by a lookup number: one socket, or a list where there are several. */
type ByNumber = Map<number, InetSocket | InetSocket[]>;

/** The index in which other ends are looked up. */
interface Index {
  readonly numbers: EndNumbers;
  /** Sockets with a remote end, by both ends. */
  readonly connected: ByNumber;
  /** UDP sockets without a remote port, by local end, for each network namespace. */
  readonly places: ReadonlyMap<InetSocket['netns'], ByNumber>;
  /** Whether a socket of this network namespace is bound to an address. */
  isOwn(netns: InetSocket['netns'], address: string): boolean;
  /** Whether the platform marks IPv6 sockets that accept IPv4 too: then those without the mark do not. */
  readonly marksDualStack: boolean;
}

/** Returns addresses; called when they are first needed. */
export type Addresses = () => Iterable<OwnAddress>;

const noAddresses: Addresses = () => [];

function indexOf(sockets: readonly Socket[], others: Addresses): Index {
  const numbers = endNumbers();
  const connected: ByNumber = new Map();
  const places = new Map<InetSocket['netns'], ByNumber>();
  let marksDualStack = false;
  for (const socket of sockets) {
    if (!hasEnds(socket)) continue;
    if (socket.dualStack) marksDualStack = true;
    const { protocol, local, netns } = socket;
    const bound = places.get(netns) ?? new Map();
    places.set(netns, bound);
    if (hasRemote(socket)) {
      for (const key of pairs(socket, numbers)) add(connected, key, socket);
    } else if (isDatagram(protocol)) {
      add(bound, numbers.end(protocol, local.address, local.port), socket);
    }
  }
  return { numbers, connected, places, isOwn: ownAddresses(sockets, others), marksDualStack };
}

/** The addresses are collected at the first call: only datagrams need them. */
function ownAddresses(sockets: readonly Socket[], others: Addresses): Index['isOwn'] {
  let known: Map<InetSocket['netns'], Set<string>> | null = null;
  const look = () => {
    const all: NonNullable<typeof known> = new Map();
    for (const socket of sockets) {
      if (!hasEnds(socket)) continue;
      const address = unmapped(socket.local.address);
      const own = all.get(socket.netns) ?? new Set();
      all.set(socket.netns, own);
      if (!isAnyAddress(address)) own.add(address);
    }
    // The same namespace is another object in another answer.
    const byKey = new Map<string, Set<string>[]>();
    for (const [netns, own] of all) addTo(byKey, networkKey(inNetns(netns ?? null)), own);
    for (const { address, ...place } of others()) {
      const key = networkKey(place);
      if (key !== '') for (const own of byKey.get(key) ?? []) own.add(unmapped(address));
    }
    return all;
  };
  return (netns, address) => {
    known ??= look();
    return known.get(netns)?.has(address) ?? false;
  };
}

/**
 * Whether the other end of some socket may depend on which addresses are this machine's: a UDP socket is connected to an
 * address that may be, and there is a server at that port.
 */
export function dependsOnAddresses(sockets: readonly Socket[]): boolean {
  const ports = new Set<number>();
  const asked: number[] = [];
  for (const socket of sockets) {
    if (socket.protocol === 'unix' || !isDatagram(socket.protocol)) continue;
    const { local, remote } = socket;
    if (!hasRemote(socket)) ports.add(local.port);
    else if (leadsElsewhere(socket) && !isManyMachines(remote.address)) asked.push(remote.port);
  }
  return asked.some((port) => ports.has(port));
}

function add(index: ByNumber, key: number, socket: InetSocket): void {
  const known = index.get(key);
  if (known === undefined) index.set(key, socket);
  else if (Array.isArray(known)) known.push(socket);
  else index.set(key, [known, socket]);
}

function at(index: ByNumber, key: number): readonly InetSocket[] {
  const known = index.get(key);
  if (known === undefined) return nobody;
  return Array.isArray(known) ? known : [known];
}

function hasEnds(socket: Socket): socket is InetSocket {
  return socket.protocol !== 'unix' && socket.protocol !== 'raw' && isWhole(socket);
}

/** A truncated address may be any address that begins the same way. */
function isWhole({ local, remote }: InetSocket): boolean {
  return !local.cut && !remote.cut;
}

function hasRemote({ remote }: InetSocket): boolean {
  return remote.port !== 0 && !isAnyAddress(unmapped(remote.address));
}

function isDatagram(protocol: InetProtocol): boolean {
  return protocol === 'udp' || protocol === 'udplite';
}

/** A group or 255.255.255.255: the receiver may be one of many. */
function isManyMachines(address: string): boolean {
  return isMulticast(address) || unmapped(address) === '255.255.255.255';
}

/** Numbers for ends: building and looking up a string for each takes several times as long. */
interface EndNumbers {
  /** The same for an IPv4 address and the IPv6 address that it is mapped to. */
  end(protocol: InetProtocol, address: string, port: number): number;
}

/** More than can occur; the number for a pair of them stays exact. */
const mostEnds = 2 ** 26;
const mostPorts = 2 ** 16;
const mostProtocols = 8;

function endNumbers(): EndNumbers {
  const addressNumber = numbering<string>();
  const protocolNumber = numbering<InetProtocol>();
  const endNumber = numbering<number>();
  return {
    end(protocol, address, port) {
      const place = addressNumber(unmapped(address)) * mostPorts + port;
      return endNumber(place * mostProtocols + protocolNumber(protocol));
    },
  };
}

/** Numbers things in the order in which they come, from 0. */
function numbering<Thing>(): (thing: Thing) => number {
  const known = new Map<Thing, number>();
  return (thing) => {
    const number = known.get(thing) ?? known.size;
    if (number === known.size) known.set(thing, number);
    return number;
  };
}

/** The numbers that a socket is indexed by: each of its addresses with each of its peer's. */
function pairs(socket: InetSocket, numbers: EndNumbers): readonly number[] {
  const { protocol, local, localAlternates, remote, remoteAlternates } = socket;
  return pairsBetween(numbers, protocol, local, localAlternates, remote, remoteAlternates);
}

/** The numbers under which its other end is found. */
function swappedPairs(socket: InetSocket, numbers: EndNumbers): readonly number[] {
  const { protocol, local, localAlternates, remote, remoteAlternates } = socket;
  return pairsBetween(numbers, protocol, remote, remoteAlternates, local, localAlternates);
}

/**
 * The alternates are further addresses of an SCTP end; nearly all sockets have none. Parameters, not objects of ends:
 * it runs twice for every socket.
 */
function pairsBetween(
  { end }: EndNumbers,
  protocol: InetProtocol,
  here: Endpoint,
  moreHere: readonly string[] | undefined,
  there: Endpoint,
  moreThere: readonly string[] | undefined,
): readonly number[] {
  const pair = (one: string, other: string) =>
    end(protocol, one, here.port) * mostEnds + end(protocol, other, there.port);
  if (moreHere === undefined && moreThere === undefined) return [pair(here.address, there.address)];
  const allThere = [there.address, ...(moreThere ?? [])];
  return [here.address, ...(moreHere ?? [])].flatMap((one) =>
    allThere.map((other) => pair(one, other)),
  );
}

/** Link-local addresses on different links are different addresses; not all platforms report the link. */
function fitsZones(socket: InetSocket, other: InetSocket): boolean {
  return isSameZone(socket.local, other.remote) && isSameZone(socket.remote, other.local);
}

function isSameZone(one: Endpoint, other: Endpoint): boolean {
  return one.zone === null || other.zone === null || one.zone === other.zone;
}

/** The same ends may occur again while an old connection is in TIME_WAIT, or while the table is read. */
function withoutOld(pairs: readonly InetSocket[]): readonly InetSocket[] {
  const live = pairs.filter(({ state }) => state !== 'TIME_WAIT');
  return live.length > 0 ? live : pairs;
}

/**
 * Who receives what a UDP socket sends in its own network namespace, if no socket is connected to it. What it sends by an
 * interface that it is bound to stays here only if that interface has the address.
 */
function receiversHere(socket: InetSocket, index: Index): readonly InetSocket[] | WhyUnknown {
  const device = keptDevice(socket)?.index ?? loopbackIndex;
  const address = unmapped(socket.remote.address);
  if (device !== loopbackIndex && isLoopback(address)) return nobody;
  const servers = receivers(socket, index);
  if (device === loopbackIndex || typeof servers === 'string' || servers.length === 0)
    return servers;
  const hasAddress =
    address === unmapped(socket.local.address) ||
    servers.some((server) => keptDevice(server)?.index === device);
  return hasAddress ? servers : 'interface';
}

/**
 * Those of the servers at one address and port that take what comes from an end: a UDP socket can be connected to an
 * address alone (port 0). One that is has precedence.
 */
function takingFrom(local: Endpoint, servers: readonly InetSocket[]): readonly InetSocket[] {
  const isFree = ({ remote }: InetSocket) => isAnyAddress(unmapped(remote.address));
  if (servers.every(isFree)) return servers;
  const own = unmapped(local.address);
  const connected = servers.filter(({ remote }) => unmapped(remote.address) === own);
  return connected.length > 0 ? connected : servers.filter(isFree);
}

/**
 * Who receives what a UDP socket sends if no socket is connected to it, in its own network namespace or in `netns`.
 * A `WhyUnknown`: there is a server, but it may not receive it.
 */
function receivers(
  socket: InetSocket,
  { numbers, places, isOwn, marksDualStack }: Index,
  netns: InetSocket['netns'] = socket.netns,
): readonly InetSocket[] | WhyUnknown {
  const { protocol, local, remote } = socket;
  const bound = places.get(netns);
  if (bound === undefined) return [];
  const isHere = netns === socket.netns;
  const address = unmapped(remote.address);
  const isIpv4 = !address.includes(':');
  const boundTo = (bindAddress: string) =>
    takingFrom(local, at(bound, numbers.end(protocol, bindAddress, remote.port)));
  const exact = boundTo(address).filter((other) => !isHere || isSameZone(remote, other.local));
  const receiving = reached(exact, socket, netns);
  if (receiving.length > 0) return receiving;

  const isSender = isLoopback(address) || address === unmapped(local.address);
  if (!(isHere && isSender) && !isOwn(netns, address)) return [];
  if (!isIpv4) return reached(boundTo('::'), socket, netns);
  const takes = (server: InetSocket) => takesIpv4(server) ?? (marksDualStack ? false : null);
  const ofBoth = boundTo('::').filter((server) => takes(server) !== false);
  // A dual-stack server has precedence over IPv4 ones only if it is bound to the interface.
  const first = ofBoth.filter((server) => keptDevice(server) !== null && takes(server));
  const wildcard = boundTo('0.0.0.0');
  const servers = wildcard.length > 0 ? reached([...wildcard, ...first], socket, netns) : nobody;
  if (servers.length > 0) return servers;
  return ofBoth.every(takes) ? reached(ofBoth, socket, netns) : 'families';
}

/**
 * Those of several servers with the same address and port that receive what a socket sends there: those bound to
 * the interface on which it arrives, else those bound to none. Where that interface is not known: any of them, or
 * `interface` if all are bound to one.
 */
function reached(
  servers: readonly InetSocket[],
  socket: InetSocket,
  netns: InetSocket['netns'] = socket.netns,
): readonly InetSocket[] | 'interface' {
  const isIpv4 = !unmapped(socket.remote.address).includes(':');
  const free = servers.filter((server) => keptDevice(server) === null);
  if (free.length === servers.length) return ofBestFamily(servers, isIpv4);
  const isLocal = isLoopback(unmapped(socket.remote.address));
  // Interface numbers belong to one network namespace.
  const own = netns === socket.netns ? keptDevice(socket)?.index : undefined;
  const index = isLocal ? loopbackIndex : own;
  const bound = servers.filter((server) => keptDevice(server)?.index === index);
  if (index !== undefined && bound.length > 0) return ofBestFamily(bound, isIpv4);
  if (isLocal) return ofBestFamily(free, isIpv4);
  return free.length > 0 ? servers : 'interface';
}

/** At the same IPv4 address, an IPv4 socket has precedence over an IPv6 one bound to the mapped address. */
function ofBestFamily(found: readonly InetSocket[], isIpv4: boolean): readonly InetSocket[] {
  if (!isIpv4) return found;
  const ofIpv4 = found.filter(({ family }) => family === 'inet');
  return ofIpv4.length > 0 ? ofIpv4 : found;
}
