import type { PortRange } from '../../../model/address/port.ts';
import { isLoopback } from '../../../model/address/read.ts';
import type { PublishedPort } from '../../../model/socket/exposure.ts';
import { anyPacket, bothOf, type PacketMatch } from './packet-match.ts';
import { partedPackets, takenPackets } from './taken-packets.ts';

/** The ports to which a rule redirects packets. */
interface NewPorts extends PortRange {
  /**
   * The port that maps to the first one, and those after it to those after that one; null: a port of the range is
   * kept, and another maps to any of them.
   */
  readonly base: number | null;
}

/** Where a rule redirects packets to (DNAT). */
export interface Redirection {
  readonly address: string;
  /** null: ports are kept. */
  readonly newPorts: NewPorts | null;
}

/** A rule that redirects packets to another address (DNAT). */
export interface PortRule extends PacketMatch, Redirection {}

/** The rules of a firewall that were understood. */
export interface PortRules {
  readonly rules: readonly PortRule[];
  /** Whether they include every rule that redirects packets. */
  readonly isWhole: boolean;
}

/** What a rule does with a packet, as far as it affects where packets go. */
export type ChainAction =
  | { readonly kind: 'jump'; readonly chain: string; readonly isGoto: boolean }
  | ({ readonly kind: 'dnat' } & Redirection)
  /** No later rule sees the packet: of this chain, of the chain of the hook, or of any. */
  | { readonly kind: 'end'; readonly of: 'chain' | 'hook' | 'all' }
  /** It may redirect packets, in a way that is not understood. */
  | { readonly kind: 'unclear' };

/** A step of a chain: a further match, and the action. */
export interface ChainStep {
  readonly match: PacketMatch;
  readonly action: ChainAction;
}

/** More than any machine has; further rules are ignored. */
const mostRules = 100_000;
const deepest = 32;

/** A chain where packets come in. */
export interface EntryChain {
  readonly chain: string;
  /** The family of its packets; `inet`: both, or the family of the whole ruleset. */
  readonly family: 'ip' | 'ip6' | 'inet';
}

/** The chains where packets come in, in the order of their priority: from the network, and from this machine itself. */
export interface Entries {
  readonly incoming: readonly EntryChain[];
  readonly own: readonly EntryChain[];
}

/**
 * The DNAT rules reachable from these chains, each with all matches on the way, but without those whose packets an
 * earlier rule takes.
 */
export function rulesFrom(
  chains: ReadonlyMap<string, readonly ChainStep[]>,
  { incoming, own }: Entries,
): PortRules {
  const rules: PortRule[] = [];
  let steps = 0;
  let isWhole = true;
  const walk = (entries: readonly EntryChain[], first: PacketMatch): void => {
    // What has a new destination, or is dropped, is seen by no chain after it.
    const settled = { v4: takenPackets(), v6: takenPackets() };
    for (const { chain, family } of entries) {
      // The same packets take the same way through one hook's chain; what a chain accepts, only that one's later rules
      // do not see.
      const followed = new Set<string>();
      const hook = takenPackets();
      // What a chain has returned to the one that called it, and what the next hook sees: a rule after that takes only
      // the other packets.
      const returned = partedPackets();
      const accepted = partedPackets();
      const take = (match: PacketMatch) => {
        if (!returned.mayHave(match)) hook.add(match);
      };
      const settle = (match: PacketMatch) => {
        if (returned.mayHave(match) || accepted.mayHave(match)) return;
        if (family !== 'ip6') settled.v4.add(match);
        if (family !== 'ip') settled.v6.add(match);
      };
      const follow = (chain: string, match: PacketMatch, depth: number): void => {
        const key = `${chain} ${JSON.stringify(match)}`;
        if (followed.has(key)) return;
        followed.add(key);
        const here = takenPackets();
        for (const { match: further, action } of chains.get(chain) ?? []) {
          if (++steps > mostRules || depth > deepest) {
            isWhole = false;
            return;
          }
          const both = bothOf(match, further);
          if (both === null || here.has(both) || hook.has(both)) continue;
          if (action.kind === 'jump') {
            follow(action.chain, both, depth + 1);
            if (!action.isGoto) continue;
            here.add(both);
            (depth > 0 ? returned : accepted).add(both);
          } else if (action.kind === 'end') {
            if (action.of === 'chain') {
              here.add(both);
              (depth > 0 ? returned : accepted).add(both);
              continue;
            }
            if (action.of === 'all') settle(both);
            else accepted.add(both);
            take(both);
          } else if (action.kind === 'unclear') {
            isWhole = false;
          } else {
            const { address, newPorts } = action;
            const before = address.includes(':') ? settled.v6 : settled.v4;
            if (!before.has(both)) rules.push({ ...both, address, newPorts });
            settle(both);
            take(both);
          }
        }
      };
      follow(chain, first, 0);
    }
  };
  walk(incoming, anyPacket);
  walk(own, { ...anyPacket, isOwn: true });
  return { rules: withoutRepeated(rules), isWhole };
}

/** Without the rules for own packets that are also for those from the network. */
function withoutRepeated(rules: readonly PortRule[]): readonly PortRule[] {
  const key = (rule: PortRule) =>
    JSON.stringify({ ...rule, isOwn: false, conditions: [], isExact: true });
  const incoming = new Set(rules.filter(({ isOwn }) => !isOwn).map(key));
  return rules.filter((rule) => !rule.isOwn || !incoming.has(key(rule)));
}

/** The most ports that one rule may publish: a range of all ports leads to a host, not to a container's port. */
const mostPorts = 4096;

/** Whether a rule redirects too many ports of a range, or to too many, to publish each by itself. */
function isTooWide({ first, last }: PortRange, newPorts: NewPorts | null): boolean {
  const each = newPorts === null || newPorts.base !== null ? 1 : countOf(newPorts);
  return countOf({ first, last }) * each > mostPorts;
}

function countOf({ first, last }: PortRange): number {
  return last - first + 1;
}

/** The ports to which a port is redirected (net/netfilter/nf_nat_core.c, nf_nat_l4proto_unique_tuple). */
function redirected(port: number, to: NewPorts | null): readonly number[] {
  if (to === null) return [port];
  if (to.base !== null) return [to.first + (((port - to.base) & 0xffff) % countOf(to))];
  if (port >= to.first && port <= to.last) return [port];
  // The first one, and others while connections of the same client's port to it exist.
  return Array.from({ length: countOf(to) }, (_, at) => to.first + at);
}

/** Whether a rule matches packets to one address, or any, as rules of published ports do. */
function isOfOneAddress({ destination }: PortRule): boolean {
  return !destination?.includes('/') || /\/(?:32|128)$/.test(destination);
}

/** Addresses to which rules lead from the network in other ways than by the ports from `publishedBy`. */
export function addressesBesides(rules: readonly PortRule[]): ReadonlySet<string> {
  const besides = rules.filter(
    (rule) =>
      !rule.isOwn &&
      rule.protocol !== 'other' &&
      (!isOfOneAddress(rule) ||
        rule.ports === null ||
        rule.ports.some((range) => isTooWide(range, rule.newPorts))),
  );
  return new Set(besides.map(({ address }) => address));
}

/**
 * The ports that rules publish, each by itself. A rule without ports publishes none, and one for own packets only ports of
 * a loopback address.
 */
export function publishedBy(rules: readonly PortRule[]): readonly PublishedPort[] {
  const published = new Map<string, PublishedPort>();
  for (const rule of rules) {
    if (!isOfOneAddress(rule)) continue;
    const { protocol, destination, ports, address, newPorts, isOwn } = rule;
    const any = isOwn ? (address.includes(':') ? '::1' : '127.0.0.1') : null;
    const hostAddress = destination?.replace(/\/.*/, '') ?? any;
    if (protocol === 'other') continue;
    if (isOwn && hostAddress !== null && !isLoopback(hostAddress)) continue;
    for (const range of ports ?? []) {
      if (isTooWide(range, newPorts)) continue;
      for (let hostPort = range.first; hostPort <= range.last; hostPort++) {
        for (const port of redirected(hostPort, newPorts)) {
          for (const one of protocol === null ? (['tcp', 'udp'] as const) : [protocol]) {
            const entry = { protocol: one, hostAddress, hostPort, address, port, workload: null };
            published.set(`${one} ${hostAddress} ${hostPort} ${address} ${port}`, entry);
          }
        }
      }
    }
  }
  return [...published.values()];
}
