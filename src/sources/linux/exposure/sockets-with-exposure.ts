import { isLoopback } from '../../../model/address/read.ts';
import { familyOf, isAnyAddress, unmapped } from '../../../model/address/text.ts';
import type { Netns } from '../../../model/machine/netns.ts';
import type { InetFamily, InetProtocol } from '../../../model/protocol.ts';
import { isServer } from '../../../model/socket/classify.ts';
import { type BoundDevice, isOnLoopback, keptDevice } from '../../../model/socket/device.ts';
import { type Exposure, isOnlyOwn, type PublishedPort } from '../../../model/socket/exposure.ts';
import type { InetSocket, Socket } from '../../../model/socket/socket.ts';
import { takesIpv4 } from '../../../model/socket/v6only.ts';
import { type Workload, workloadLabel, workloadsOf } from '../../../model/socket/workload.ts';
import type { Batches, WarningSink } from '../../source.ts';
import { unknownExposure } from '../warnings.ts';

/** What is known of ports that lead into other network namespaces. */
export interface Publishing {
  readonly ports: readonly PublishedPort[];
  /** The families of the host's addresses at which a port is published. */
  familiesOf(port: PublishedPort): ReadonlySet<InetFamily>;
  /** Why there may be others; null: these are all. */
  readonly doubt: string | null;
  /** The sockets of processes that forward ports of the host to containers, by inode, and to whom, if that is known. */
  readonly forwarding: ReadonlyMap<number, readonly Workload[]>;
  /** The workloads at an address that a port leads to; empty: not known. */
  workloadsAt(address: string): readonly Workload[];
  /** Whether packets from the network can be forwarded to a loopback address of the host (route_localnet). */
  readonly routesLoopback: boolean;
  /** The addresses of a network namespace; null: not known. */
  addressesOf(netns: Netns): ReadonlySet<string> | null;
  /** Whether several other network namespaces have an address, so that it is not known which one a port leads to. */
  isShared(address: string): boolean;
  /** Why something besides `ports` may lead to a server at one of these addresses; null: nothing does. */
  waysBesides(netns: Netns, protocol: InetProtocol, addresses: readonly string[]): string | null;
  /**
   * Whether an address is known to belong to another interface than this one, so that a server bound to this one
   * does not receive what is sent there. `netns` undefined: the one that was asked about.
   */
  isOfAnother(netns: Netns | undefined, device: BoundDevice, address: string): boolean;
  /** Whether the network that was asked about is known to take no packets for an address. */
  lacksAddress(address: string): boolean;
  /** Whether it is known to have no such interface, as when that was removed after the server was bound to it. */
  lacksDevice(device: BoundDevice): boolean;
}

/** Writes the exposure of servers into the rows of sockets. */
export async function* socketsWithExposure(
  batches: Batches<Socket>,
  publishing: () => Promise<Publishing>,
  warnings: WarningSink,
): Batches<Socket> {
  let known: Publishing | null = null;
  const unknown = new Map<string, number>();
  for await (const batch of batches) {
    known ??= await publishing();
    for (const socket of batch) {
      const exposure = exposureOf(socket, known);
      (socket as { exposure?: Exposure | null }).exposure = exposure;
      const reason = exposure?.reason ?? null;
      if (reason !== null) unknown.set(reason, (unknown.get(reason) ?? 0) + 1);
    }
    yield batch;
  }
  if (unknown.size > 0) warnings.warn(unknownExposure(unknown));
}

const plain = (kind: Exposure['kind']): Exposure => ({ kind, published: [], reason: null });
const loopback = plain('loopback');
const host = plain('host');
const nowhere = plain('nowhere');
const internal = plain('internal');

/** How far a server can be reached; null: not a server. */
export function exposureOf(socket: Socket, publishing: Publishing): Exposure | null {
  if (socket.protocol === 'unix' || !isServer(socket)) return null;
  // Only this machine sends over the loopback interface, whatever the address.
  if (isOnLoopback(socket)) return loopback;
  const isOwn = socket.netns === undefined || socket.netns.own;
  if (localAddresses(socket).every(isLoopback))
    return isOwn ? ofLoopback(socket, publishing) : loopback;
  return isOwn
    ? ofHost(socket, publishing)
    : ofContainer(socket, socket.netns as Netns, publishing);
}

/** A port of the host may be forwarded to a server at a loopback address, with IPv4. */
function ofLoopback(socket: InetSocket, publishing: Publishing): Exposure {
  const address = unmapped(socket.local.address);
  const ports = publishing.ports.filter(({ protocol }) => protocol === socket.protocol);
  const leading = ports.filter(
    (port) =>
      port.port === socket.local.port &&
      port.address === address &&
      !address.includes(':') &&
      !isOnlyOwn(port),
  );
  if (leading.length > 0 && publishing.routesLoopback)
    return leadingTo(socket, leading, publishing);
  const standsFor = forwardedFrom(socket, publishing);
  const taken = ports.filter(
    ({ hostAddress, hostPort }) => hostAddress === address && hostPort === socket.local.port,
  );
  return taken.length === 0 && standsFor === null
    ? loopback
    : { ...loopback, workloads: workloadsBehind(taken, publishing, standsFor ?? []) };
}

/** Whom a forwarder's socket is for, as far as that is known; null: not a forwarder's. */
function forwardedFrom(
  { inode }: InetSocket,
  { forwarding }: Publishing,
): readonly Workload[] | null {
  return inode === null ? null : (forwarding.get(inode) ?? null);
}

/** Whether nothing can arrive, since the network has neither of the addresses any more, or not the interface. */
function isLost(socket: InetSocket, { lacksAddress, lacksDevice }: Publishing): boolean {
  const device = keptDevice(socket);
  return (device !== null && lacksDevice(device)) || localAddresses(socket).every(lacksAddress);
}

function localAddresses({ local, localAlternates }: InetSocket): readonly string[] {
  return [local.address, ...(localAlternates ?? [])];
}

/** Published by these ports. `standsFor`: also for these workloads. */
function publishedAt(
  published: readonly PublishedPort[],
  publishing: Publishing,
  standsFor: readonly Workload[],
): Exposure {
  return {
    ...plain('published'),
    published,
    workloads: workloadsBehind(published, publishing, standsFor),
  };
}

/**
 * The exposure of the server that these ports lead to: they are published for its own workload, if that was asked for
 * and is known.
 */
function leadingTo(
  socket: InetSocket,
  ports: readonly PublishedPort[],
  publishing: Publishing,
): Exposure {
  const { workload, noWorkload } = socket;
  if (!workload && noWorkload !== 'none') return publishedAt(ports, publishing, []);
  const label = workload ? workloadLabel(workload) : null;
  return {
    ...plain('published'),
    published: ports.map((port) => ({ ...port, workload: label })),
    workloads: workloadsOf(socket),
  };
}

/** The workloads that these ports lead to, and others, each once. */
function workloadsBehind(
  ports: readonly PublishedPort[],
  { workloadsAt }: Publishing,
  others: readonly Workload[],
): readonly Workload[] {
  return [...new Set([...others, ...ports.flatMap(({ address }) => workloadsAt(address))])];
}

/** Whether a server at any address takes packets to addresses of this family. What is not known is assumed. */
function takesFamily(socket: InetSocket, family: InetFamily): boolean {
  return family === 'inet6'
    ? unmapped(socket.local.address).includes(':') || socket.dualStack === true
    : takesIpv4(socket) !== false;
}

function ofHost(socket: InetSocket, publishing: Publishing): Exposure {
  const { ports, familiesOf, isOfAnother } = publishing;
  const device = keptDevice(socket);
  const address = unmapped(socket.local.address);
  const standsFor = forwardedFrom(socket, publishing);
  if (isLost(socket, publishing)) {
    return standsFor === null ? nowhere : { ...nowhere, workloads: standsFor };
  }
  const isAny = isAnyAddress(address);
  const published = ports.filter(
    (port) =>
      port.protocol === socket.protocol &&
      port.hostPort === socket.local.port &&
      (port.hostAddress === null || port.hostAddress === address || isAny) &&
      (port.hostAddress === null ||
        device === null ||
        !isOfAnother(undefined, device, port.hostAddress)) &&
      // A forwarder may use another family; rules do not change it, and leave to a server what is not for them.
      (standsFor !== null ||
        !isAny ||
        ([...familiesOf(port)].some((one) => takesFamily(socket, one)) && !isOnlyOwn(port))),
  );
  return published.length === 0 && standsFor === null
    ? host
    : publishedAt(published, publishing, standsFor ?? []);
}

const sharedAddress = 'several network namespaces have the address that the port leads to';

function ofContainer(socket: InetSocket, netns: Netns, publishing: Publishing): Exposure {
  const { ports, doubt, addressesOf, isShared, waysBesides, isOfAnother } = publishing;
  const address = unmapped(socket.local.address);
  const own = addressesOf(netns);
  const device = keptDevice(socket);
  const leadsHere = (port: PublishedPort) =>
    port.protocol === socket.protocol &&
    port.port === socket.local.port &&
    (port.address === address ||
      (isAnyAddress(address) && takesFamily(socket, familyOf(port.address)))) &&
    own?.has(port.address) === true &&
    (device === null || !isOfAnother(netns, device, port.address));
  const leading = ports.filter(leadsHere);
  const published = leading.filter((port) => !isShared(port.address));
  if (published.length > 0) return leadingTo(socket, published, publishing);
  if (leading.length > 0) return { ...plain('unknown'), reason: sharedAddress };
  if (own === null) {
    return { ...plain('unknown'), reason: "the namespace's addresses could not be read" };
  }
  const reason =
    doubt ?? waysBesides(netns, socket.protocol, isAnyAddress(address) ? [...own] : [address]);
  return reason === null ? internal : { ...plain('unknown'), reason };
}
