import { type PortSockets, portSockets } from '../analysis/port-use.ts';
import { canonicalAddress } from '../model/read-address.ts';
import type { Snapshot, Warning } from '../model/snapshot.ts';
import type { InetProtocol, InetSocket } from '../model/socket.ts';
import { check, checkOne, type Kind, oneOf, reportKinds, socketsAsked } from './options.ts';
import { take } from './take.ts';

/** Which port is meant, and where. */
export interface PortOptions {
  /** Default `tcp`. */
  readonly protocol?: Exclude<InetProtocol, 'raw'> | undefined;
  /**
   * The address that a server would listen on: `0.0.0.0` any of IPv4, `::` any of both families, which is
   * the default, `localhost` the loopback addresses of both. Names are not looked up.
   */
  readonly host?: string | undefined;
  /** Linux: another /proc, such as a container host's or a captured one. */
  readonly procRoot?: string | undefined;
  /** Ends the reading when it is aborted: the answer is then rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Who uses a port. */
export interface PortUse {
  /** Sockets that listen on it or are bound to it, with their owners: no other can be. */
  readonly holders: readonly InetSocket[];
  /** How many connections have it for their local port; they keep nobody from listening. */
  readonly connections: number;
  /** The same of connections that are over: a server without SO_REUSEADDR has to wait for their end. */
  readonly timeWait: number;
  readonly warnings: readonly Warning[];
}

const isPort = (value: unknown) =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 65_535;
const aPort: Kind = { expected: 'a port, 1 to 65535', allows: isPort };
const aHost: Kind = {
  expected: 'an address or localhost',
  allows: (value) => typeof value === 'string' && addressesOf(value).length > 0,
};

const placeKinds = {
  protocol: oneOf(['tcp', 'sctp', 'udp', 'udplite'] satisfies PortOptions['protocol'][]),
  procRoot: reportKinds.procRoot,
  signal: reportKinds.signal,
} satisfies Record<Exclude<keyof PortOptions, 'host'>, Kind>;
const portKinds = { ...placeKinds, host: aHost };
const freePortKinds = {
  ...portKinds,
  range: {
    expected: 'the first and the last port, 1 to 65535',
    allows: (value) =>
      Array.isArray(value) && value.length === 2 && value.every(isPort) && value[0] <= value[1],
  },
} satisfies Record<keyof FreePortOptions, Kind>;

/**
 * Who has a port, by the rules of bind(2): addresses that overlap are in each other's way, an IPv6 socket
 * of any address takes IPv4 too.
 * @throws NetstatError `usage` for what is no port or no address; and as `snapshot`
 */
export async function whoHolds(port: number, options: PortOptions = {}): Promise<PortUse> {
  checkOne('port', port, aPort);
  check(options, portKinds);
  const addresses = addressesOf(options.host);
  const asked = { expression: `sport = :${port}`, owners: true };
  const { sockets, warnings } = await socketsOf(options, asked);
  const { holders, connections, timeWait } = usersOf(sockets, port, addresses);
  return { holders, connections: connections.length, timeWait: timeWait.length, warnings };
}

/**
 * Whether a server could listen on a port, as far as the tables tell: whoever asks may lack the right to
 * (a port below 1024), and another may come first.
 * @throws NetstatError as `whoHolds`
 */
export async function isFree(
  port: number,
  host?: string,
  options: Omit<PortOptions, 'host'> = {},
): Promise<boolean> {
  checkOne('port', port, aPort);
  if (host !== undefined) checkOne('host', host, aHost);
  check(options, placeKinds);
  const addresses = addressesOf(host);
  const asked = { expression: `sport = :${port}` };
  const { sockets } = await socketsOf(options, asked);
  return usersOf(sockets, port, addresses).holders.length === 0;
}

/** Where a free port is looked for. */
export interface FreePortOptions extends PortOptions {
  /** The first and the last port that may be taken. Default: 49152 to 65535, which RFC 6335 leaves to everybody. */
  readonly range?: readonly [first: number, last: number] | undefined;
}

/**
 * A port that nobody has, chosen by chance, so that several who ask at once rarely get the same; null:
 * there is none in the range. Nothing is opened to try it: another may come first.
 * @throws NetstatError as `whoHolds`
 */
export async function freePort(options: FreePortOptions = {}): Promise<number | null> {
  check(options, freePortKinds);
  const { range: [first, last] = [49_152, 65_535], host } = options;
  const addresses = addressesOf(host);
  const { sockets } = await socketsOf(options, {});
  const count = last - first + 1;
  const start = Math.floor(Math.random() * count);
  for (let i = 0; i < count; i++) {
    const port = first + ((start + i) % count);
    if (usersOf(sockets, port, addresses).holders.length === 0) return port;
  }
  return null;
}

/** Everything that has a local port, sockets that are only bound too where the platform tells them. */
function socketsOf(
  { protocol = 'tcp', procRoot, signal }: PortOptions,
  asked: { readonly expression?: string; readonly owners?: boolean },
): Promise<Snapshot> {
  const isTold = procRoot === undefined && ['linux', 'win32'].includes(process.platform);
  const boundInactive = protocol === 'tcp' && isTold;
  const options = { protocols: [protocol], procRoot, signal, boundInactive, ...asked };
  return take('sockets', socketsAsked(options), signal);
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

/** The addresses that a host stands for; none: it is no address. */
function addressesOf(host: string | undefined): readonly string[] {
  if (host === undefined) return ['::'];
  if (host === 'localhost') return ['127.0.0.1', '::1'];
  const address = canonicalAddress(host.replace(/%.*$/, ''));
  return address === null ? [] : [address];
}
