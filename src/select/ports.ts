import { highestPort } from '../model/address/port.ts';
import { inetProtocols, type Protocol } from '../model/protocol.ts';
import { type PortAtom, pattern, type SocketPattern } from '../model/socket/pattern.ts';
import { type FieldSign, numberTest } from './compare.ts';
import type { Scope } from './lookups.ts';
import { type Problem, quoted } from './problem.ts';

/** The ports given in a filter: any, those from `low` to `high`, or that of a service. */
export type Ports =
  | { readonly kind: 'any' }
  | { readonly kind: 'range'; readonly low: number; readonly high: number }
  | { readonly kind: 'service'; readonly name: string };

/** Whether a port of this protocol matches. */
export type PortTest = (port: number, protocol: Protocol) => boolean;

const expected = `a port from 0 to ${highestPort}, a service's name or a range such as 8000-8100`;

function notPorts(text: string): Problem {
  return { expected: `${expected}, found ${quoted(text)}${hintFor(text)}` };
}

/** What to write for a family, a protocol or an address, alone or before a port: `inet:22`, `10.0.0.1:80`; or nothing. */
function hintFor(text: string): string {
  const unix = /^:?unix(?::(.*))?$/.exec(text);
  if (unix !== null) return unixHint(unix[1] ?? '');
  const [, before = '', port = ''] = /^:?(.+):([^:\]]+)$/.exec(text) ?? [];
  const word = before || text;
  const condition = inetProtocols.some((one) => one === word)
    ? `proto = ${word}`
    : word === 'inet' || word === 'inet6'
      ? `family = ${word}`
      : null;
  if (condition !== null) {
    return before === '' ? `; write ${condition}` : `; write ${condition} beside the port alone`;
  }
  if (before === '*') return `; write ${port} alone`;
  return before === '' ? '' : '; an address is for src and dst, or --local and --remote';
}

/** The same for a UNIX socket, by its name or, where ss has a port, its inode. */
function unixHint(name: string): string {
  const meant =
    name === '' || name === '*'
      ? 'family = unix chooses them'
      : /^\d+$/.test(name)
        ? `inode = ${name} chooses one by its inode`
        : 'their names are for src, or --local';
  return `; UNIX sockets have no ports: ${meant}`;
}

/** Parses `80`, `0x50`, `8000-8100`, `https` or `*`, each optionally after a colon. */
export function parsePorts(text: string): Ports | Problem {
  const bare = text.startsWith(':') ? text.slice(1) : text;
  if (bare === '*') return { kind: 'any' };
  const numbers = /^(0x[0-9a-f]+|\d+)(?:-(\d+))?$/i.exec(bare);
  if (numbers === null) {
    return /^[\p{L}\d][^\s:[\]]*$/u.test(bare) ? { kind: 'service', name: bare } : notPorts(text);
  }
  const [, first = '', last = first] = numbers;
  // A leading zero means octal in ss and decimal to people: rejected, instead of guessed.
  if (/^0\d/.test(first) || /^0\d/.test(last)) return notPorts(text);
  const low = Number(first);
  const high = Number(last);
  return low <= high && high <= highestPort ? { kind: 'range', low, high } : notPorts(text);
}

/**
 * A service's port in each protocol. A protocol without the name gets the number from another one, preferably one
 * that is asked for, as in ss when it lists several tables.
 */
function servicePorts(
  name: string,
  { protocols, lookups }: Scope,
): ReadonlyMap<Protocol, number> | null {
  const numbers = new Map<Protocol, number>();
  let fallback: number | undefined;
  for (const protocol of new Set<Protocol>([...protocols, ...inetProtocols])) {
    const number = lookups.serviceNumber(name, protocol);
    fallback ??= number;
    if (number !== undefined) numbers.set(protocol, number);
  }
  if (fallback === undefined) return null;
  for (const protocol of inetProtocols) {
    if (!numbers.has(protocol)) numbers.set(protocol, fallback);
  }
  return numbers;
}

/** A test of a port against `ports`. */
export function portTest(ports: Ports, comparison: FieldSign, scope: Scope): PortTest | Problem {
  const ordered = comparison !== '=';
  if (ports.kind === 'any') {
    if (ordered) return { expected: `a port to compare with, found '*'` };
    return () => true;
  }
  if (ports.kind === 'range') {
    const { low, high } = ports;
    if (low === high) return numberTest(comparison, low);
    if (ordered) return { expected: `one port to compare with, found '${low}-${high}'` };
    return (port) => port >= low && port <= high;
  }
  const numbers = servicePorts(ports.name, scope);
  if (numbers === null) {
    const { name } = ports;
    // A small container may have no list of services.
    const isName = /^\p{L}/u.test(name);
    const list =
      isName && hintFor(name) === '' ? ", which is not in this system's list of services" : '';
    return { expected: notPorts(name).expected + list };
  }
  const tests = new Map([...numbers].map(([key, port]) => [key, numberTest(comparison, port)]));
  return (port, protocol) => tests.get(protocol)?.(port) ?? false;
}

/** The pattern of the sockets for whose port `portTest`, with the same arguments, is true. */
export function portPattern(
  ports: Ports,
  end: PortAtom['end'],
  comparison: FieldSign,
  scope: Scope,
): SocketPattern {
  const within = (low: number, high: number): SocketPattern =>
    low > high ? false : { kind: 'port', end, low, high };
  const compared = (port: number) => {
    switch (comparison) {
      case '=':
        return within(port, port);
      case '<':
        return within(0, port - 1);
      case '<=':
        return within(0, port);
      case '>':
        return within(port + 1, highestPort);
      case '>=':
        return within(port, highestPort);
    }
  };
  if (ports.kind === 'any') return true;
  if (ports.kind === 'range') {
    const { low, high } = ports;
    return low === high ? compared(low) : within(low, high);
  }
  const numbers = servicePorts(ports.name, scope) ?? new Map<Protocol, number>();
  if (new Set(numbers.values()).size === 1) return compared([...numbers.values()][0] as number);
  return pattern.any(
    [...numbers].map(([protocol, port]) =>
      pattern.all([{ kind: 'table', protocol, family: null }, compared(port)]),
    ),
  );
}
