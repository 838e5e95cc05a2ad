import type { PublishedPort } from '../../../model/exposure.ts';

/** A range of ports, inclusive. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Which packets a rule matches. */
export interface PacketMatch {
  readonly protocol: PublishedPort['protocol'] | null;
  /** Their destination, an address or a network `ADDR/LEN`; null: any. */
  readonly destination: string | null;
  readonly ports: readonly PortRange[] | null;
}

/** A rule that redirects packets to another address (DNAT). */
export interface PortRule extends PacketMatch {
  readonly address: string;
  /** The new port: the first one of the rule's range maps to it; null: ports are kept. */
  readonly port: number | null;
}

/** The rules of a firewall that were understood. */
export interface PortRules {
  readonly rules: readonly PortRule[];
  /** Whether they include every rule that redirects packets. */
  readonly isWhole: boolean;
}

export const anyPacket: PacketMatch = { protocol: null, destination: null, ports: null };

/**
 * The conjunction of two matches; null: no packet matches both. Of two destinations the later is kept: rules narrow
 * them down.
 */
function bothOf(one: PacketMatch, other: PacketMatch): PacketMatch | null {
  if (one.protocol !== null && other.protocol !== null && one.protocol !== other.protocol)
    return null;
  return {
    protocol: one.protocol ?? other.protocol,
    destination: other.destination ?? one.destination,
    ports:
      one.ports === null
        ? other.ports
        : other.ports === null
          ? one.ports
          : common(one.ports, other.ports),
  };
}

function common(one: readonly PortRange[], other: readonly PortRange[]): readonly PortRange[] {
  return one.flatMap((a) =>
    other.flatMap((b) => {
      const range = { first: Math.max(a.first, b.first), last: Math.min(a.last, b.last) };
      return range.first <= range.last ? [range] : [];
    }),
  );
}

/** A step of a chain: a further match, and the action. */
export interface ChainStep {
  readonly match: PacketMatch;
  readonly action:
    | { readonly kind: 'jump'; readonly chain: string }
    | { readonly kind: 'dnat'; readonly address: string; readonly port: number | null };
}

/** More than any machine has; further rules are ignored. */
const mostRules = 100_000;
const deepest = 32;

/** The DNAT rules reachable from these chains, each with all matches on the way. */
export function rulesFrom(
  chains: ReadonlyMap<string, readonly ChainStep[]>,
  entries: readonly string[],
): PortRules {
  const rules: PortRule[] = [];
  let steps = 0;
  let isWhole = true;
  // The same packets take the same way.
  const followed = new Set<string>();
  const follow = (chain: string, match: PacketMatch, depth: number): void => {
    const key = `${chain} ${match.protocol} ${match.destination} ${JSON.stringify(match.ports)}`;
    if (followed.has(key)) return;
    followed.add(key);
    for (const step of chains.get(chain) ?? []) {
      if (++steps > mostRules || depth > deepest) {
        isWhole = false;
        return;
      }
      const both = bothOf(match, step.match);
      if (both === null) continue;
      if (step.action.kind === 'jump') follow(step.action.chain, both, depth + 1);
      else rules.push({ ...both, address: step.action.address, port: step.action.port });
    }
  };
  for (const entry of entries) follow(entry, anyPacket, 0);
  return { rules, isWhole };
}

/** The most ports that one rule may publish: a range of all ports leads to a host, not to a container's port. */
const mostPorts = 4096;

/** Whether a rule matches packets to one address, or any, as rules of published ports do. */
function isOfOneAddress({ destination }: PortRule): boolean {
  return !destination?.includes('/') || /\/(?:32|128)$/.test(destination);
}

/** Addresses to which rules lead in other ways than by the ports from `publishedBy`. */
export function addressesBesides(rules: readonly PortRule[]): ReadonlySet<string> {
  const besides = rules.filter(
    (rule) =>
      !isOfOneAddress(rule) ||
      rule.ports === null ||
      rule.ports.some(({ first, last }) => last - first >= mostPorts),
  );
  return new Set(besides.map(({ address }) => address));
}

/** The ports that rules publish, each by itself. A rule without ports publishes none. */
export function publishedBy(rules: readonly PortRule[]): readonly PublishedPort[] {
  const published = new Map<string, PublishedPort>();
  for (const rule of rules) {
    if (!isOfOneAddress(rule)) continue;
    const { protocol, destination, ports, address, port } = rule;
    const hostAddress = destination?.replace(/\/.*/, '') ?? null;
    for (const { first, last } of ports ?? []) {
      if (last - first >= mostPorts) continue;
      for (let hostPort = first; hostPort <= last; hostPort++) {
        for (const one of protocol === null ? (['tcp', 'udp'] as const) : [protocol]) {
          const to = port === null ? hostPort : port + hostPort - first;
          const entry = { protocol: one, hostAddress, hostPort, address, port: to, workload: null };
          published.set(`${one} ${hostAddress} ${hostPort} ${address} ${to}`, entry);
        }
      }
    }
  }
  return [...published.values()];
}
