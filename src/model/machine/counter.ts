import type { InetFamily, InetProtocol, Protocol } from '../protocol.ts';
import type { InPlace } from './place.ts';

/** One counter of a protocol, under its name in the MIB. */
export interface Counter extends InPlace {
  /** The group under which the kernel lists it: `Ip`, `Icmp`, `Tcp`, `Udp`, `Ip6`, `TcpExt` … */
  readonly group: string;
  /** MIB name: `InSegs`, `RetransSegs` … */
  readonly name: string;
  /** Since boot, or since the network namespace was created. A bigint, since counters have 64 bits. */
  readonly value: bigint;
  /** A count only grows; a gauge is a current value (`CurrEstab`) or a setting (`RtoMin`, in ms). */
  readonly kind: 'count' | 'gauge';
  /** What it counts, in plain words; null for a counter that this version does not know. */
  readonly meaning: string | null;
  /** In answers of several rounds: change per second since the previous one; null: not known. */
  readonly rate?: number | null;
}

/** The family and protocol that a group of counters belongs to. */
interface CounterScope {
  /** null: both families together. */
  readonly family: InetFamily | null;
  /** The protocol flag that selects it: `raw` (-w) stands for IP itself and ICMP. */
  readonly protocol: InetProtocol;
}

const scopes = new Map<string, CounterScope>(
  Object.entries({
    Ip: { family: 'inet', protocol: 'raw' },
    IpExt: { family: 'inet', protocol: 'raw' },
    Icmp: { family: 'inet', protocol: 'raw' },
    IcmpMsg: { family: 'inet', protocol: 'raw' },
    Ip6: { family: 'inet6', protocol: 'raw' },
    Icmp6: { family: 'inet6', protocol: 'raw' },
    Tcp: { family: null, protocol: 'tcp' },
    TcpExt: { family: null, protocol: 'tcp' },
    MPTcpExt: { family: null, protocol: 'tcp' },
    Udp: { family: 'inet', protocol: 'udp' },
    Udp6: { family: 'inet6', protocol: 'udp' },
    UdpLite: { family: 'inet', protocol: 'udplite' },
    UdpLite6: { family: 'inet6', protocol: 'udplite' },
    Sctp: { family: null, protocol: 'sctp' },
  } satisfies Record<string, CounterScope>),
);

/** The protocol that a counter belongs to; null for a group that this version does not know. */
export function counterProtocol({ group }: Pick<Counter, 'group'>): Protocol | null {
  return scopes.get(group)?.protocol ?? null;
}

/** What is said instead of a list that leaves all of them out. */
export const allZero = 'every counter is 0 (-a shows them)';

/** Why there are none of a protocol. */
export const withoutCounters = 'UNIX sockets have no counters';

/**
 * What is known of a group that this version does not know: the kernel ends the names of IPv6's groups with a 6, and
 * any other may count both families.
 */
function unknownScope(group: string) {
  return { family: group.endsWith('6') ? 'inet6' : null, protocol: null } as const;
}

/**
 * Whether a counter belongs to any of these families and protocols (null: any). A group that this version does not
 * know belongs to no protocol.
 */
export function isCounterWanted(
  { group }: Pick<Counter, 'group'>,
  families: readonly InetFamily[],
  protocols: readonly Protocol[] | null,
): boolean {
  const { family, protocol } = scopes.get(group) ?? unknownScope(group);
  const isInFamily = family === null ? families.length > 0 : families.includes(family);
  return isInFamily && (protocols === null || (protocol !== null && protocols.includes(protocol)));
}
