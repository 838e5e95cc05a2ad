import { type PortSockets, portSockets } from '../analysis/port-use.ts';
import { NetstatError } from '../errors.ts';
import { canonicalAddress } from '../model/read-address.ts';
import type { Snapshot, Warning } from '../model/snapshot.ts';
import type { InetProtocol, InetSocket } from '../model/socket.ts';
import { socketsAsked } from './options.ts';
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

/**
 * Who has a port, by the rules of bind(2): addresses that overlap are in each other's way, an IPv6 socket
 * of any address takes IPv4 too.
 * @throws NetstatError `usage` for what is no port or no address; and as `snapshot`
 */
export async function whoHolds(port: number, options: PortOptions = {}): Promise<PortUse> {
  const addresses = addressesOf(options.host);
  const asked = { expression: `sport = :${checkedPort('port', port)}`, owners: true };
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
  const addresses = addressesOf(host);
  const asked = { expression: `sport = :${checkedPort('port', port)}` };
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
  const { range = [49_152, 65_535], ...place } = options;
  const [first, last] = range.map((port) => checkedPort('range', port)) as [number, number];
  if (range.length !== 2 || first > last) {
    throw new NetstatError('usage', `range: expected the first and the last port, found ${range}`);
  }
  const addresses = addressesOf(place.host);
  const { sockets } = await socketsOf(place, {});
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
  { protocol = 'tcp', procRoot, signal, ...others }: PortOptions,
  asked: { readonly expression?: string; readonly owners?: boolean },
): Promise<Snapshot> {
  const isTold = procRoot === undefined && ['linux', 'win32'].includes(process.platform);
  const boundInactive = protocol === 'tcp' && isTold;
  const { host: _, ...unknown } = others;
  const options = { protocols: [protocol], procRoot, signal, boundInactive, ...asked, ...unknown };
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

function addressesOf(host: string | undefined): readonly string[] {
  if (host === undefined) return ['::'];
  if (host === 'localhost') return ['127.0.0.1', '::1'];
  const address = typeof host === 'string' ? canonicalAddress(host.replace(/%.*$/, '')) : null;
  if (address !== null) return [address];
  throw new NetstatError(
    'usage',
    `host: expected an address or localhost, found ${JSON.stringify(host)}`,
    { path: 'host' },
  );
}

function checkedPort(name: string, port: unknown): number {
  if (Number.isInteger(port) && (port as number) >= 1 && (port as number) <= 65_535) {
    return port as number;
  }
  throw new NetstatError(
    'usage',
    `${name}: expected a port, 1 to 65535, found ${JSON.stringify(port) ?? String(port)}`,
    { path: name },
  );
}
