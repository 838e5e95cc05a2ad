import type { Endpoint } from '../model/address/endpoint.ts';
import { type Prefix, prefixTest } from '../model/address/prefix.ts';
import type { InetFamily } from '../model/protocol.ts';
import { type PortAtom, pattern, type SocketPattern } from '../model/socket/pattern.ts';
import type { InetSocket } from '../model/socket/socket.ts';
import { parsePrefix } from './address.ts';
import type { Lookups, Scope } from './lookups.ts';
import { type Ports, parsePorts, portPattern, portTest } from './ports.ts';
import { isProblem, type Problem, quoted } from './problem.ts';

/** One end of a connection as given in a filter; null: any. */
export interface EndFilter {
  readonly family: InetFamily | null;
  readonly prefix: Prefix | null;
  /** The name of a host, in place of a prefix. */
  readonly name: string | null;
  readonly zone: string | null;
  readonly ports: Ports | null;
}

/** Whether one end of a socket matches. */
export type HostTest = (socket: InetSocket, end: Endpoint) => boolean;

function notHost(text: string, withPort: boolean): Problem {
  const hint = networkHint(text) || numberHint(text, withPort);
  return {
    expected: `ADDRESS[/LENGTH]${withPort ? '[:PORT]' : ''} or the name of a host, found ${quoted(text)}${hint}`,
  };
}

/** `10.9.0.*` is written 10.9.0.0/24. */
function networkHint(text: string): string {
  const [, numbers = ''] = /^((?:\d{1,3}\.){1,3})(?:\*\.){0,2}\*$/.exec(text) ?? [];
  const network = networkOf(numbers.split('.').slice(0, -1));
  return network === null || text.split('.').length > 4 ? '' : `; for a network type ${network}`;
}

/** The network that the first numbers of an IPv4 address begin; null: they begin none. */
function networkOf(numbers: readonly string[]): string | null {
  if (numbers.length === 0 || numbers.some((number) => Number(number) > 255)) return null;
  return `${[...numbers, '0', '0', '0'].slice(0, 4).join('.')}/${8 * numbers.length}`;
}

/** ss reads 0 as 0.0.0.0 and 10 as 10.0.0.0, where any address, a port or a network is meant. */
function numberHint(text: string, withPort: boolean): string {
  const [, number = '', given = ''] = /^(?:inet:)?(\d+(?:\.\d+){0,2})(:.+)?$/.exec(text) ?? [];
  const port = withPort ? given : '';
  if (number === '') return '';
  if (number === '0') return `; type 0.0.0.0${port} in full, or *${port} for any address`;
  const isPort = withPort && !number.includes('.') && port === '' && !isProblem(parsePorts(number));
  const network = networkOf(number.split('.'));
  const hints = [
    ...(isPort ? [`for a port type :${number}`] : []),
    ...(network === null ? [] : [`for a network type ${network}${port}`]),
  ];
  return hints.length === 0 ? '' : `; ${hints.join(', ')}`;
}

/** A host's name (RFC 1123, with `_`): its last part is no number, as those of addresses are. */
const hostName = /^(?=.{1,253}$)(?:[a-z0-9_](?:[\w-]{0,62})\.)*[a-z_][\w-]{0,62}\.?$/i;

/**
 * Parses `192.0.2.1`, `10.0.0.0/8:443`, `[2001:db8::]/32`, `[2001:db8::/32]:https`, `fe80::1%eth0`, `example.org:443`,
 * `*:22`, `:22` or `*` (as in ss also `any`, `all`, `default`); a leading `inet:` or `inet6:` restricts it to that family's
 * tables, and is enough alone. `withPort`: whether a port belongs to what is expected; one is read in any case.
 */
export function parseHost(text: string, withPort = true): EndFilter | Problem {
  const family = /^(inet6?):/.exec(text);
  const named = family?.[1] === 'inet' || family?.[1] === 'inet6' ? family[1] : null;
  const rest = named === null ? text : text.slice(named.length + 1);
  if (text === '') return notHost(text, withPort);
  const any: EndFilter = { family: named, prefix: null, name: null, zone: null, ports: null };
  const split = rest.startsWith('[') ? bracketed(rest) : unbracketed(rest);
  if (split === null) return notHost(text, withPort);
  if (isProblem(split)) return split;
  const ports = split.port === null ? null : parsePorts(split.port);
  if (ports !== null && isProblem(ports)) return ports;
  if (split.address === '' || isAnyWord(split.address)) {
    return { ...any, ports };
  }
  const [, address = '', zone = null, length = ''] =
    /^([^%/]*)(?:%([^%/]+))?(\/.*)?$/.exec(split.address) ?? [];
  const prefix = parsePrefix(address + length);
  if (prefix !== null) return { ...any, prefix, zone, ports };
  const isName = zone === null && length === '' && hostName.test(address);
  return isName ? { ...any, name: address, ports } : notHost(text, withPort);
}

function isAnyWord(text: string): boolean {
  return text === '*' || text === 'any' || text === 'all' || text === 'default';
}

interface Split {
  readonly address: string;
  readonly port: string | null;
}

function bracketed(text: string): Split | null {
  const parts = /^\[([^[\]*]+)\](\/\d+)?(?::(.+))?$/.exec(text);
  if (parts === null) return null;
  const [, inner = '', length = '', port = null] = parts;
  return { address: inner + length, port };
}

/**
 * Without brackets the last colon begins the port, unless the text before it would then not be an address. If both
 * readings are valid (`2001:db8::1:443`), neither is guessed.
 */
function unbracketed(text: string): Split | Problem {
  const colon = text.lastIndexOf(':');
  if (colon < 0) return { address: text, port: null };
  const address = text.slice(0, colon);
  const port = text.slice(colon + 1);
  const whole = isAddress(text);
  if (!whole) return { address, port };
  if (!isAddress(address) || !/^\d+$/.test(port)) return { address: text, port: null };
  return {
    expected: `brackets in ${quoted(text)}: [${address}]:${port} is an address with a port, [${text}] is an address`,
  };
}

function isAddress(text: string): boolean {
  return text.includes(':') && parsePrefix(text.replace(/%[^%/]+/, '')) !== null;
}

/**
 * A test of one end of a socket. An address that the platform cut matches only `*`. A zone is compared if the
 * platform reports one (Linux does not); a zone that does not exist is a mistake.
 */
export function hostTest(filter: EndFilter, scope: Scope): HostTest | Problem {
  const { lookups } = scope;
  const port = filter.ports === null ? null : portTest(filter.ports, '=', scope);
  if (port !== null && isProblem(port)) return port;
  const prefixes = prefixesOf(filter, lookups);
  if (prefixes !== null && isProblem(prefixes)) return prefixes;
  const address = prefixes === null ? null : anyPrefixTest(prefixes);
  const { family, zone } = filter;
  if (zone !== null && lookups.interfaces?.has(zone) === false) {
    return { expected: `an interface after the %, found ${quoted(zone)}` };
  }
  return (socket, end) => {
    if (port !== null && !port(end.port, socket.protocol)) return false;
    if (family !== null && socket.family !== family) return false;
    if (zone !== null && end.zone !== null && end.zone !== zone) return false;
    return address === null || (end.cut !== true && address(end.address));
  };
}

/** A test whether an address is in one of these; a name has few, and all other hosts one. */
function anyPrefixTest(prefixes: readonly Prefix[]): (address: string) => boolean {
  const tests = prefixes.map(prefixTest);
  const [first] = tests;
  return tests.length === 1 && first !== undefined
    ? first
    : (address) => tests.some((isIn) => isIn(address));
}

/** The networks or addresses that an end must be in; null: any. */
function prefixesOf(
  { prefix, name }: EndFilter,
  lookups: Lookups,
): readonly Prefix[] | null | Problem {
  if (name === null) return prefix === null ? null : [prefix];
  const addresses = lookups.hostAddresses?.(name);
  if (addresses === undefined) {
    return {
      expected: `ADDRESS[/LENGTH][:PORT], found ${quoted(name)}; names of hosts are not looked up here, give an address`,
    };
  }
  return isProblem(addresses) ? addresses : addresses.flatMap((one) => parsePrefix(one) ?? []);
}

/**
 * The pattern of the sockets for whose end `hostTest` is true; null: data cannot express a zone, which only some
 * platforms report.
 */
export function hostPattern(
  filter: EndFilter,
  end: PortAtom['end'],
  scope: Scope,
): SocketPattern | null {
  const { family, zone, ports } = filter;
  const prefixes = prefixesOf(filter, scope.lookups);
  if (zone !== null || (prefixes !== null && isProblem(prefixes))) return null;
  return pattern.all([
    ports === null || portPattern(ports, end, '=', scope),
    family === null || { kind: 'table', protocol: null, family },
    prefixes === null ||
      pattern.any(prefixes.map((prefix) => ({ kind: 'address', end, prefix }) as const)),
  ]);
}
