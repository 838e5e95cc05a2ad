import type { PortRange } from '../../../model/address/port.ts';
import { isLoopback } from '../../../model/address/read.ts';
import type { PublishedPort } from '../../../model/socket/exposure.ts';
import { anyPacket, bothOf, type PacketMatch } from './packet-match.ts';
import {
  type PartedPackets,
  partedPackets,
  type TakenPackets,
  takenPackets,
} from './taken-packets.ts';

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

/** What has been found so far. */
interface FoundRules {
  readonly chains: ReadonlyMap<string, readonly ChainStep[]>;
  readonly rules: PortRule[];
  /** How many rules were looked at. */
  steps: number;
  isWhole: boolean;
}

/** The packets of each family that have a new destination, or are dropped: no chain after that sees them. */
interface SettledPackets {
  readonly v4: TakenPackets;
  readonly v6: TakenPackets;
}

/** How packets go through the chain of one hook, and those called from it. */
interface HookWalk {
  readonly family: EntryChain['family'];
  /** With those settled by the chains of earlier hooks. */
  readonly settled: SettledPackets;
  /** The chains that were followed, each with the packets: the same take the same way again. */
  readonly followed: Set<string>;
  /** Packets that no later rule of these chains sees; the next hook may see them. */
  readonly hook: TakenPackets;
  /** Packets that a chain has returned to the one that called it: a later rule takes only the others. */
  readonly returned: PartedPackets;
  /** Packets that the next hook sees: a later rule takes only the others from it. */
  readonly accepted: PartedPackets;
}

/**
 * The DNAT rules reachable from these chains, each with all matches on the way, but without those whose packets an
 * earlier rule takes.
 */
export function rulesFrom(
  chains: ReadonlyMap<string, readonly ChainStep[]>,
  { incoming, own }: Entries,
): PortRules {
  const found: FoundRules = { chains, rules: [], steps: 0, isWhole: true };
  followHooks(found, incoming, anyPacket);
  followHooks(found, own, { ...anyPacket, isOwn: true });
  return { rules: withoutRepeated(found.rules), isWhole: found.isWhole };
}

/** Follows packets through the chains of their hooks, one after the other. */
function followHooks(found: FoundRules, entries: readonly EntryChain[], match: PacketMatch): void {
  const settled = { v4: takenPackets(), v6: takenPackets() };
  for (const { chain, family } of entries) {
    const walk: HookWalk = {
      ...{ family, settled, followed: new Set(), hook: takenPackets() },
      ...{ returned: partedPackets(), accepted: partedPackets() },
    };
    followChain(found, walk, chain, match, 0);
  }
}

/** Follows packets through a chain. `depth`: how many chains have called each other before it. */
function followChain(
  found: FoundRules,
  walk: HookWalk,
  chain: string,
  match: PacketMatch,
  depth: number,
): void {
  const key = `${chain} ${JSON.stringify(match)}`;
  if (walk.followed.has(key)) return;
  walk.followed.add(key);
  // Packets that no later rule of this chain sees.
  const here = takenPackets();
  for (const { match: further, action } of found.chains.get(chain) ?? []) {
    if (++found.steps > mostRules || depth > deepest) {
      found.isWhole = false;
      return;
    }
    const both = bothOf(match, further);
    if (both === null || here.has(both) || walk.hook.has(both)) continue;
    switch (action.kind) {
      case 'jump':
        followChain(found, walk, action.chain, both, depth + 1);
        if (action.isGoto) leaveChain(walk, here, both, depth);
        break;
      case 'end':
        if (action.of === 'chain') {
          leaveChain(walk, here, both, depth);
        } else {
          if (action.of === 'all') settle(walk, both);
          else walk.accepted.add(both);
          claim(walk, both);
        }
        break;
      case 'unclear':
        found.isWhole = false;
        break;
      case 'dnat':
        redirect(found, walk, both, action);
        break;
    }
  }
}

/** Packets leave a chain for the one that called it, or the hook's chain for the next hook. */
function leaveChain(walk: HookWalk, here: TakenPackets, match: PacketMatch, depth: number): void {
  here.add(match);
  (depth > 0 ? walk.returned : walk.accepted).add(match);
}

/** Packets get a new destination, unless an earlier hook gave them one. */
function redirect(
  { rules }: FoundRules,
  walk: HookWalk,
  match: PacketMatch,
  { address, newPorts }: Redirection,
): void {
  const before = address.includes(':') ? walk.settled.v6 : walk.settled.v4;
  if (!before.has(match)) rules.push({ ...match, address, newPorts });
  settle(walk, match);
  claim(walk, match);
}

/** No later hook sees these packets, unless some of them have left for it, or for a calling chain, before. */
function settle({ family, settled, returned, accepted }: HookWalk, match: PacketMatch): void {
  if (returned.mayHave(match) || accepted.mayHave(match)) return;
  if (family !== 'ip6') settled.v4.add(match);
  if (family !== 'ip') settled.v6.add(match);
}

/** No later rule of this hook sees these packets, unless some of them have left for a calling chain before. */
function claim({ hook, returned }: HookWalk, match: PacketMatch): void {
  if (!returned.mayHave(match)) hook.add(match);
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
