import { addTo } from '../../../model/add-to.ts';
import { canonicalAddress } from '../../../model/read-address.ts';
import { isOwn, protocolOf } from './iptables.ts';
import {
  anyPacket,
  type ChainStep,
  type PacketMatch,
  type PortRange,
  type PortRules,
  type Redirection,
  rulesFrom,
} from './port-rule.ts';

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isPort = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65_535;

/** The rules of nft, and whether rules of iptables are among them, which only iptables can show. */
export interface NftRules extends PortRules {
  readonly hasIptables: boolean;
}

/** Parses the output of `nft -j list ruleset` (libnftables-json(5)); null if it is not that. */
export function parseNftables(text: string): NftRules | null {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return null;
  }
  const items = isObject(document) ? document.nftables : null;
  if (!Array.isArray(items)) return null;
  const chains = new Map<string, ChainStep[]>();
  const entries = { incoming: [] as string[], own: [] as string[] };
  const dormant = new Set<string>();
  let isWhole = true;
  let hasIptables = false;
  for (const item of items) {
    if (!isObject(item)) continue;
    const { table, chain, rule } = item;
    if (isObject(table)) {
      const flags = flagsOf(table);
      if (flags.includes('dormant')) dormant.add(placeOf({ ...table, table: table.name }, ''));
    }
    if (isObject(chain) && chain.type === 'nat' && !dormant.has(placeOf(chain, ''))) {
      const place = placeOf(chain, chain.name);
      if (chain.hook === 'prerouting') entries.incoming.push(place);
      if (chain.hook === 'output') entries.own.push(place);
    }
    if (!isObject(rule) || !Array.isArray(rule.expr)) continue;
    const expressions = rule.expr.filter(isObject);
    hasIptables ||= expressions.some(isForeign);
    const step = stepOf(rule, expressions);
    if (step === 'unclear') isWhole = false;
    if (step === null || step === 'unclear') continue;
    const place = placeOf(rule, rule.chain);
    addTo(chains, place, step);
  }
  const followed = rulesFrom(chains, entries);
  return { rules: followed.rules, isWhole: isWhole && followed.isWhole, hasIptables };
}

/**
 * The flags of a table. Up to nft 1.0.6 its name stands in place of a flag: it is then taken for dormant, which is the only
 * flag that a table keeps without a program that owns it.
 */
function flagsOf({ name, flags }: Json): readonly unknown[] {
  const all = Array.isArray(flags) ? flags : [flags];
  return all.includes(name) ? [...all, 'dormant'] : all;
}

/** Whether an expression is iptables', shown only by its name. */
function isForeign({ xt }: Json): boolean {
  return isObject(xt) && (xt.name === 'DNAT' || xt.name === 'NETMAP');
}

/** The key of a chain: family, table and name. */
function placeOf({ family, table }: Json, chain: unknown): string {
  return `${family} ${table} ${chain}`;
}

/** As `stepOf` of iptables. */
function stepOf(rule: Json, expressions: readonly Json[]): ChainStep | null | 'unclear' {
  let match: PacketMatch = anyPacket;
  for (const expression of expressions) {
    if (isObject(expression.match)) {
      const further = matchOf(expression.match);
      if (further === 'unclear') return 'unclear';
      match = { ...match, ...further, isOwn: match.isOwn || further.isOwn === true };
    }
    const jump = expression.jump ?? expression.goto;
    if (isObject(jump))
      return { match, action: { kind: 'jump', chain: placeOf(rule, jump.target) } };
    if (expression.dnat !== undefined) {
      const destination = destinationOf(expression.dnat);
      return destination === null ? 'unclear' : { match, action: { kind: 'dnat', ...destination } };
    }
    // A verdict map, to chains or addresses.
    if (isObject(expression.vmap)) return 'unclear';
  }
  return null;
}

function matchOf({ op, left, right }: Json): Partial<PacketMatch> | 'unclear' {
  if (op !== '==' && op !== 'in') return {};
  if (!isObject(left)) return {};
  const { payload, meta } = left;
  if (isObject(meta) && meta.key === 'l4proto') {
    return typeof right === 'string' ? { protocol: protocolOf(right) } : {};
  }
  if (isObject(meta)) return { isOwn: isOwnInterface(meta.key, right) };
  if (!isObject(payload)) return {};
  const { protocol, field } = payload;
  if (field === 'dport') {
    const ports = portsOf(right);
    // A named set, `@web`.
    if (ports.length === 0) return 'unclear';
    return { ports, ...(protocol !== 'th' && { protocol: protocolOf(String(protocol)) }) };
  }
  const network = networkOf(right);
  if (network === null) return {};
  if (field === 'saddr') return { isOwn: isOwn(network) };
  return field === 'daddr' ? { destination: network } : {};
}

/** Whether a match of an interface is only of loopback's. */
function isOwnInterface(key: unknown, right: unknown): boolean {
  const names = isObject(right) && Array.isArray(right.set) ? right.set : [right];
  const loopback =
    key === 'iifname' || key === 'iif' ? 'lo' : key === 'iiftype' ? 'loopback' : null;
  return loopback !== null && names.every((name) => name === loopback);
}

/** An address or a network; null: a set, which may be of several. */
function networkOf(right: unknown): string | null {
  if (typeof right === 'string') return right;
  const prefix = isObject(right) && isObject(right.prefix) ? right.prefix : null;
  return prefix === null ? null : `${prefix.addr}/${prefix.len}`;
}

/** A port, a range, or a set of both. */
function portsOf(value: unknown): readonly PortRange[] {
  if (isPort(value)) return [{ first: value, last: value }];
  if (!isObject(value)) return [];
  const { range, set } = value;
  if (Array.isArray(range)) {
    const [first, last] = range as unknown[];
    return isPort(first) && isPort(last) && first <= last ? [{ first, last }] : [];
  }
  // nft never prints a set within a set.
  return Array.isArray(set)
    ? set.filter((one) => !isObject(one) || !('set' in one)).flatMap(portsOf)
    : [];
}

function destinationOf(dnat: unknown): Redirection | null {
  if (!isObject(dnat)) return null;
  const address = typeof dnat.addr === 'string' ? canonicalAddress(dnat.addr) : null;
  if (address === null) return null;
  if (dnat.port === undefined) return { address, newPorts: null };
  // A set would be a map's.
  const [range, ...others] = portsOf(dnat.port);
  if (range === undefined || others.length > 0) return null;
  return { address, newPorts: { ...range, base: null } };
}
