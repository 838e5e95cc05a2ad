import { dynamicPorts } from '../analysis/port-range.ts';
import { type PortSockets, portSockets } from '../analysis/port-use.ts';
import { addTo } from '../model/add-to.ts';
import { highestPort, isPort } from '../model/address/port.ts';
import { canonicalAddress } from '../model/address/read.ts';
import type { InetProtocol } from '../model/protocol.ts';
import { serviceProtocols } from '../model/report/service.ts';
import type { Snapshot, Warning } from '../model/report/snapshot.ts';
import { hidingOwners } from '../model/report/warning-codes.ts';
import type { SocketSource } from '../model/request/listing.ts';
import { areOwnersHidden } from '../model/socket/owner.ts';
import type { InetSocket } from '../model/socket/socket.ts';
import { anyRows } from '../pipeline/sought.ts';
import { unseenIn } from '../pipeline/wait.ts';
import {
  checkedCopy,
  checkOne,
  choiceKinds,
  type Kind,
  oneOf,
  reportKinds,
  type SocketOptions,
  socketsOf,
  yesOrNo,
} from './options.ts';
import { take } from './take.ts';
import { isAddressHere, isOldKernel, isRefused } from './trial.ts';

/** The protocol and address that a port is meant for. */
export interface PortOptions {
  /** Default `tcp`. */
  readonly protocol?: Exclude<InetProtocol, 'raw'> | undefined;
  /**
   * The address that a server would listen on: `0.0.0.0` is any of IPv4, `::` (the default) any of both families,
   * `localhost` the loopback addresses of both. Names are not looked up.
   */
  readonly host?: string | undefined;
  /** Linux: another /proc, such as a container host's or a captured one. */
  readonly procRoot?: string | undefined;
  /** Linux: as in `snapshot`, another network namespace than this process's own, or `'all'`. */
  readonly netns?: string | undefined;
  /** Linux: how sockets are read, as in `snapshot`. */
  readonly source?: SocketSource | undefined;
  /** Aborts the reading: the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What to tell of a port's holders. */
export interface HolderOptions extends PortOptions {
  /** Add what each holder belongs to (`workload`): Linux and Windows. Default false. */
  readonly workloads?: boolean | undefined;
}

/** Who uses a port. */
export interface PortUse {
  /** Sockets that listen on the port or are bound to it, with their owners: nothing else can take it. */
  readonly holders: readonly InetSocket[];
  /**
   * How many connections use it as their local port. They prevent listening too, unless they and the server have
   * SO_REUSEADDR, as those that a server accepts usually do; no table tells of it, but `isFree` finds out.
   */
  readonly connections: number;
  /** How many connections are in TIME_WAIT there: the same goes for them until they end. */
  readonly timeWait: number;
  /** What could not be read of them; that other owners are hidden is not told. */
  readonly warnings: readonly Warning[];
}

const aPort: Kind = { expected: `a port, 1 to ${highestPort}`, allows: isPort };
const aHost: Kind = {
  expected: 'an address or localhost',
  allows: (value) => typeof value === 'string' && addressesOf(value).length > 0,
};

const placeKinds = {
  protocol: oneOf(serviceProtocols),
  procRoot: reportKinds.procRoot,
  netns: reportKinds.netns,
  source: choiceKinds.source,
  signal: reportKinds.signal,
} satisfies Record<Exclude<keyof PortOptions, 'host'>, Kind>;
const portKinds = { ...placeKinds, host: aHost };
const holderKinds = {
  ...portKinds,
  workloads: yesOrNo,
} satisfies Record<keyof HolderOptions, Kind>;
const freePortKinds = {
  ...portKinds,
  range: {
    expected: `the first and the last port, 1 to ${highestPort}`,
    allows: (value) => {
      if (!Array.isArray(value) || value.length !== 2) return false;
      const [first, last]: readonly unknown[] = value;
      return isPort(first) && isPort(last) && first <= last;
    },
  },
} satisfies Record<keyof FreePortOptions, Kind>;

/**
 * Who uses a port, by the rules of bind(2): overlapping addresses conflict, and an IPv6 socket bound to any address
 * takes IPv4 too, unless the kernel tells of its IPV6_V6ONLY.
 * @throws NetstatError `usage` for an invalid port or address; and as `snapshot`
 */
export async function whoHolds(port: number, options: HolderOptions = {}): Promise<PortUse> {
  checkOne('port', port, aPort);
  const { host, workloads, ...place } = checkedCopy(options, holderKinds);
  const addresses = addressesOf(host);
  const question = { expression: `sport = :${port}`, owners: true, workloads };
  const { sockets, warnings } = await socketsAt(place, question);
  const { holders, connections, timeWait } = usersOf(sockets, port, addresses);
  return {
    holders,
    connections: connections.length,
    timeWait: timeWait.length,
    warnings: warnings.filter((warning) => concernsAny(holders, warning)),
  };
}

/** Whether a warning concerns holders: not if all it tells of are owners of connections, or of sockets elsewhere. */
function concernsAny(holders: readonly InetSocket[], { code }: Warning): boolean {
  if (!hidingOwners.has(code)) return true;
  return code === 'owners-denied' ? holders.some(lacksOwner) : holders.length > 0;
}

/** Whether a holder's owner, or its name, could not be seen. */
function lacksOwner(holder: InetSocket): boolean {
  const owners = holder.owners ?? [];
  return (
    areOwnersHidden(holder) ||
    owners.some((one) => one.program === null || one.commandLine === null)
  );
}

/**
 * Whether a server could listen on a port, according to the socket tables. Where these lack TCP sockets that are only
 * bound, or have connections with the port, it is tried for a moment, if the port is one of this process's own network.
 * The caller may still lack the right to listen (a port below 1024), and another process may take it first. Nothing is
 * free at an address that this machine does not have; to find that out, `host` is listened on for a moment, on another
 * port.
 * @throws NetstatError as `whoHolds`
 */
export function isFree(port: number, options?: PortOptions): Promise<boolean>;
export function isFree(
  port: number,
  host?: string,
  options?: Omit<PortOptions, 'host'>,
): Promise<boolean>;
export async function isFree(
  port: number,
  hostOrOptions?: string | PortOptions,
  others?: Omit<PortOptions, 'host'>,
): Promise<boolean> {
  checkOne('port', port, aPort);
  if (typeof hostOrOptions === 'object' && hostOrOptions !== null && others === undefined) {
    return isFreeAt(port, checkedCopy(hostOrOptions, portKinds));
  }
  if (hostOrOptions !== undefined) checkOne('host', hostOrOptions, aHost);
  const place = checkedCopy(others === undefined ? {} : others, placeKinds);
  return isFreeAt(port, { host: hostOrOptions as string | undefined, ...place });
}

async function isFreeAt(port: number, { host, ...place }: PortOptions): Promise<boolean> {
  const addresses = addressesOf(host);
  if (!(await hasAddress(host, place))) return false;
  const { sockets, warnings } = await socketsAt(place, { expression: `sport = :${port}` });
  const users = usersOf(sockets, port, addresses);
  if (users.holders.length > 0) return false;
  const isTried = isTriable(place) && (mayLackBound(place, warnings) || hasConnections(users));
  return !(isTried && (await isRefusedAt(port, addresses, place.signal)));
}

/** Names of more than one address, of which it is enough to have one. */
const wideHosts: readonly string[] = ['::', '0.0.0.0', 'localhost'];

/**
 * Whether a host is one of the machine's own addresses. That of another network than this process's own is taken for
 * one: nobody can listen there to find out.
 */
async function hasAddress(host: string | undefined, place: PortOptions): Promise<boolean> {
  if (host === undefined || wideHosts.includes(host) || !isOwnNetwork(place)) return true;
  place.signal?.throwIfAborted();
  return isAddressHere(host, place.protocol === 'udp');
}

/** Whether the question is about this process's own network, where ports and addresses can be tried. */
function isOwnNetwork({ procRoot, netns }: PortOptions): boolean {
  return procRoot === undefined && netns === undefined;
}

/** Whether it can be tried to listen: on TCP ports of this process's own network. */
function isTriable(place: PortOptions): boolean {
  return (place.protocol ?? 'tcp') === 'tcp' && isOwnNetwork(place);
}

/** Whether there are connections with the port: only a trial tells whether they prevent listening. */
function hasConnections({ connections, timeWait }: PortSockets): boolean {
  return connections.length > 0 || timeWait.length > 0;
}

/** Whether TCP sockets may be missing from the answer. */
function mayLackBound(place: PortOptions, warnings: readonly Warning[]): boolean {
  const sought = { ...anyRows, byOwner: false };
  return !areBoundListed(place) || isOldKernel() || unseenIn(warnings, sought).length > 0;
}

async function isRefusedAt(
  port: number,
  addresses: readonly string[],
  signal: AbortSignal | undefined,
  retries?: number,
): Promise<boolean> {
  for (const address of addresses) {
    signal?.throwIfAborted();
    if (await isRefused(port, address, signal, retries)) return true;
  }
  return false;
}

/** Where to look for a free port. */
export interface FreePortOptions extends PortOptions {
  /** First and last port to choose from. Default: 49152 to 65535, the dynamic ports of RFC 6335. */
  readonly range?: readonly [first: number, last: number] | undefined;
}

/**
 * A free port, chosen at random so that several callers rarely get the same; null: none in the range is free, or
 * `host` is no address of this machine. It is not reserved: another process may take it first.
 * @throws NetstatError as `whoHolds`
 */
export async function freePort(options: FreePortOptions = {}): Promise<number | null> {
  const {
    range: [first, last] = [dynamicPorts.first, dynamicPorts.last],
    host,
    ...place
  } = checkedCopy(options, freePortKinds);
  const addresses = addressesOf(host);
  if (!(await hasAddress(host, place))) return null;
  const { sockets, warnings } = await socketsAt(place, {});
  const canTry = isTriable(place);
  const isTried = canTry && mayLackBound(place, warnings);
  // Each port is looked up, so that a full range takes no longer than reading the table.
  const byPort = new Map<number, InetSocket[]>();
  for (const socket of sockets) {
    if (socket.protocol !== 'unix') addTo(byPort, socket.local.port, socket);
  }
  const count = last - first + 1;
  const start = Math.floor(Math.random() * count);
  const connected: number[] = [];
  for (let i = 0; i < count; i++) {
    const port = first + ((start + i) % count);
    const users = usersOf(byPort.get(port) ?? [], port, addresses);
    if (users.holders.length > 0) continue;
    if (canTry && hasConnections(users)) connected.push(port);
    else if (!isTried || !(await isRefusedAt(port, addresses, place.signal))) return port;
  }
  // All ports of a range may have connections, so each is tried only once.
  for (const port of connected) {
    if (!(await isRefusedAt(port, addresses, place.signal, 0))) return port;
  }
  return null;
}

/**
 * Every socket with a local port, including those only bound, where the platform lists them; with whether IPv6 servers
 * accept IPv4 too, if it tells.
 */
function socketsAt(
  { protocol = 'tcp', ...place }: PortOptions,
  question: Pick<SocketOptions, 'expression' | 'owners' | 'workloads'>,
): Promise<Snapshot> {
  const boundInactive = protocol === 'tcp' && areBoundListed(place);
  const options = { protocols: [protocol], ...place, boundInactive, ...question };
  return take('sockets', { ...socketsOf(options), devices: true });
}

function areBoundListed({ procRoot }: PortOptions): boolean {
  return procRoot === undefined && ['linux', 'win32'].includes(process.platform);
}

function usersOf(
  sockets: Snapshot['sockets'],
  port: number,
  addresses: readonly string[],
): PortSockets {
  const all = addresses.map((address) => portSockets(sockets, { port, address }));
  const each = (use: keyof PortSockets) => [...new Set(all.flatMap((one) => one[use]))];
  return {
    holders: each('holders'),
    connections: each('connections'),
    timeWait: each('timeWait'),
  };
}

/** The addresses that a host stands for; empty if it is not an address. */
function addressesOf(host: string | undefined): readonly string[] {
  if (host === undefined) return ['::'];
  if (host === 'localhost') return ['127.0.0.1', '::1'];
  // Only IPv6 addresses have zones; Node would look up other words with a % as names.
  const address = canonicalAddress(host.includes(':') ? host.replace(/%.+$/, '') : host);
  return address === null ? [] : [address];
}
