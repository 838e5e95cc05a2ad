import { canonicalAddress } from '../../model/address/read.ts';
import type { Route } from '../../model/machine/route.ts';
import type { InetFamily } from '../../model/protocol.ts';
import { parseNetwork4, parseNetwork6, splitZone } from './address.ts';
import { badLines, type Parsed, unknownTable, words } from './text.ts';

/**
 * The columns that a routing table can have, in order (pr_rthdr in route.c); -l adds Refs, Use and Mtu. Optional ones
 * may be blank in a row.
 */
const columns = {
  Destination: '(?<destination>\\S+)',
  Gateway: '(?<gap>\\s+)(?<gateway>\\S+)',
  RT_IFA: '\\s+\\S+',
  Flags: '(?<gap2>\\s+)(?<flags>[A-Za-z0-9]+)',
  Refs: '\\s+(?<refs>\\d+)',
  Use: '\\s+(?<use>\\d+)',
  Mtu: '(?:\\s+(?<mtu>\\d+))?',
  Netif: '\\s+(?<netif>[^\\s\\d]\\S*)',
  Expire: '(?:\\s+(?:\\d+|!))?',
} as const;
const order = Object.keys(columns) as (keyof typeof columns)[];
const narrowColumn = 18;
const required = ['Destination', 'Gateway', 'Flags', 'Netif'];

/** netstat's letters and the kernel's bits (bits in route.c, RTF_* of <net/route.h>). */
const flagBits: Readonly<Record<string, number>> = {
  U: 0x1,
  G: 0x2,
  H: 0x4,
  R: 0x8,
  D: 0x10,
  M: 0x20,
  d: 0x40,
  C: 0x100,
  X: 0x200,
  L: 0x400,
  S: 0x800,
  B: 0x1000,
  '2': 0x4000,
  '1': 0x8000,
  c: 0x10000,
  W: 0x20000,
  '3': 0x40000,
  b: 0x400000,
  m: 0x800000,
  I: 0x1000000,
  i: 0x4000000,
  Y: 0x8000000,
  r: 0x10000000,
  g: 0x40000000,
};

/**
 * Parses `netstat -rn`, preferably with `-l`.
 * @param source the command, for warnings.
 * @throws NetstatError `unrecognized` for a header of no known release.
 */
export function parseRoutes(text: string, source: string): Parsed<Route> {
  const rows: Route[] = [];
  const bad = badLines(source);
  let family: InetFamily | null = null;
  let pattern: RegExp | null = null;
  for (const line of text.split('\n')) {
    const title = /^(Internet6?|Routing tables|Protocol Family \d+|IPX):?\s*$/.exec(line)?.[1];
    if (title !== undefined) {
      family = title === 'Internet' ? 'inet' : title === 'Internet6' ? 'inet6' : null;
      pattern = null;
    } else if (family !== null && line.trim() !== '') {
      if (pattern === null) {
        pattern = rowPattern(line, source);
        continue;
      }
      const route = routeOf(family, pattern.exec(line)?.groups);
      if (route === null) bad.add(line);
      else rows.push(route);
    }
  }
  return { rows, warnings: bad.warnings() };
}

function rowPattern(header: string, source: string): RegExp {
  const names = words(header);
  const shown = order.filter((name) => names.includes(name));
  const known = shown.join() === names.join() && required.every((name) => names.includes(name));
  if (!known) throw unknownTable(source, header);
  return new RegExp(`^${shown.map((name) => columns[name]).join('')}\\s*$`);
}

function routeOf(
  family: InetFamily,
  groups: Readonly<Record<string, string | undefined>> | undefined,
): Route | null {
  if (groups === undefined) return null;
  const { destination = '', gap = '', gateway = '', gap2 = '', flags = '', netif = '' } = groups;
  if (family === 'inet6' && (isCut(destination, gap) || isCut(gateway, gap2))) return null;
  const network = destinationOf(family, destination, flags);
  const nextHop = flags.includes('G') ? gatewayOf(gateway) : null;
  if (network === null || nextHop === undefined) return null;
  const count = (digits: string | undefined) => (digits === undefined ? null : Number(digits));
  return {
    family,
    destination: network.address,
    prefixLength: network.prefixLength,
    gateway: nextHop,
    source: null,
    interface: netif,
    flags,
    flagBits: [...flags].reduce((bits, letter) => bits + (flagBits[letter] ?? 0), 0),
    metric: null,
    refCount: count(groups.refs),
    useCount: count(groups.use),
    mss: null,
    window: null,
    irtt: null,
    mtu: count(groups.mtu),
  };
}

function destinationOf(family: InetFamily, text: string, flags: string) {
  const inet = family === 'inet';
  if (text === 'default') return { address: inet ? '0.0.0.0' : '::', prefixLength: 0 };
  const host = flags.includes('H') ? canonicalAddress(splitZone(text).address) : null;
  if (host !== null) {
    return host.includes(':') === !inet ? { address: host, prefixLength: inet ? 32 : 128 } : null;
  }
  return inet ? parseNetwork4(text) : parseNetwork6(text);
}

/**
 * Returns the next hop's address; its zone is the route's interface. null for a link or an interface, which are no
 * hops; undefined for anything else (a name, as without -n).
 */
function gatewayOf(text: string): string | null | undefined {
  const address = canonicalAddress(splitZone(text).address);
  if (address !== null) return address;
  return /^(link#\d+|[a-z]+\d+|[0-9a-f]{1,2}(:[0-9a-f]{1,2})+)$/.test(text) ? null : undefined;
}

/** Without -n and -l, IPv6 columns are 18 characters wide; what fills them may be cut. */
function isCut(text: string, gap: string): boolean {
  return text.length === narrowColumn && gap.length === 1;
}
