import { lazily } from '../flow/lazily.ts';
import { highestPort } from '../model/address/port.ts';
import type { Protocol } from '../model/protocol.ts';
import { type NamingHost, readNaming } from './naming-host.ts';
import { wordLines } from './word-lines.ts';

/** A line of the services file, or of the protocols file (then `protocol` is `raw`). */
export interface ServiceEntry {
  readonly name: string;
  /** A port; for `raw` an IP protocol number. */
  readonly port: number;
  readonly protocol: string;
  readonly aliases: readonly string[];
}

/**
 * Parses services(5), `name port/protocol alias…`, in file order; other lines are ignored, and ports that glibc reads as
 * octal (0123).
 */
export function parseServices(text: string): ServiceEntry[] {
  const entries: ServiceEntry[] = [];
  for (const [name, where, ...aliases] of wordLines(text)) {
    const [, digits, protocol] = /^(0|[1-9]\d{0,4})\/(.+)$/.exec(where ?? '') ?? [];
    const port = Number(digits);
    if (name !== undefined && protocol !== undefined && port <= highestPort) {
      entries.push({ name, port, protocol, aliases });
    }
  }
  return entries;
}

/** Parses protocols(5), `name number alias…`, in file order; other lines are ignored. */
export function parseProtocols(text: string): ServiceEntry[] {
  const entries: ServiceEntry[] = [];
  for (const [name, digits, ...aliases] of wordLines(text)) {
    if (name !== undefined && digits !== undefined && /^\d{1,3}$/.test(digits)) {
      entries.push({ name, port: Number(digits), protocol: 'raw', aliases });
    }
  }
  return entries;
}

/**
 * The protocol whose names a port is shown with, as in net-tools: UDP-Lite uses UDP's services, a raw socket's port
 * is an IP protocol, and SCTP's ports stay numbers.
 */
const shownAs = {
  tcp: 'tcp',
  sctp: null,
  udp: 'udp',
  udplite: 'udp',
  raw: 'raw',
  unix: null,
} satisfies Record<Protocol, string | null>;

/** The protocols in which a name is looked up to get its number: more lenient, for what a person may mean. */
const foundUnder = {
  tcp: ['tcp'],
  sctp: ['sctp'],
  udp: ['udp'],
  udplite: ['udplite', 'udp'],
  raw: ['raw'],
  unix: [],
} satisfies Record<Protocol, readonly string[]>;

/** Names and numbers of services, in both directions. */
export interface ServiceTable {
  name(port: number, protocol: Protocol): string | undefined;
  /** The first entry with `name` as its name or an alias, as getservbyname(3) finds it. */
  number(name: string, protocol: Protocol): number | undefined;
}

/**
 * The name for each port and protocol, if it has several entries. The C library's getservbyport(3) takes the first;
 * net-tools on Linux reads the whole file and keeps the last.
 */
function naming(entries: readonly ServiceEntry[], platform: string): ReadonlyMap<string, string> {
  const inOrder = platform === 'linux' ? entries : [...entries].reverse();
  return new Map(inOrder.map((entry) => [`${entry.port}/${entry.protocol}`, entry.name]));
}

/** The machine's services and IP protocols; the files are read on first use. */
export function serviceTable(host: NamingHost): ServiceTable {
  const entries = lazily(() => [
    ...parseServices(readNaming('services', host) ?? ''),
    ...parseProtocols(readNaming('protocols', host) ?? ''),
  ]);
  const names = lazily(() => naming(entries(), host.platform));
  return {
    name: (port, protocol) =>
      shownAs[protocol] === null ? undefined : names().get(`${port}/${shownAs[protocol]}`),
    number(name, protocol) {
      for (const list of foundUnder[protocol]) {
        const entry = entries().find(
          (each) => each.protocol === list && (each.name === name || each.aliases.includes(name)),
        );
        if (entry !== undefined) return entry.port;
      }
      return undefined;
    },
  };
}
