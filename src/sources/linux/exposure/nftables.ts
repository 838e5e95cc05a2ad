import { addTo } from '../../../model/add-to.ts';
import { isPortOrZero, type PortRange } from '../../../model/address/port.ts';
import { canonicalAddress } from '../../../model/address/read.ts';
import { isJsonObject, type JsonObject } from '../../../text/json-object.ts';
import { isOwn, protocolOf } from './iptables.ts';
import { addressesOfOthers, anyPacket, type PacketMatch } from './packet-match.ts';
import {
  type ChainAction,
  type ChainStep,
  type EntryChain,
  type PortRules,
  type Redirection,
  rulesFrom,
} from './port-rule.ts';

/** The rules of nft, and what it shows of those of iptables. */
export interface NftRules extends PortRules {
  /** The families with a table that is called as iptables calls the one for NAT. */
  readonly iptablesNat: ReadonlySet<'ip' | 'ip6'>;
  /** The families with rules that only iptables can show. */
  readonly ofIptables: ReadonlySet<'ip' | 'ip6'>;
}

/** Parses the output of `nft -j list ruleset` (libnftables-json(5)); null if it is not that. */
export function parseNftables(text: string): NftRules | null {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return null;
  }
  const items = isJsonObject(document) ? document.nftables : null;
  if (!Array.isArray(items)) return null;
  const chains = new Map<string, ChainStep[]>();
  const entries = { incoming: [] as HookChain[], own: [] as HookChain[] };
  const dormant = new Set<string>();
  let isWhole = true;
  const iptablesNat = new Set<'ip' | 'ip6'>();
  const ofIptables = new Set<'ip' | 'ip6'>();
  for (const item of items) {
    if (!isJsonObject(item)) continue;
    const { table, chain, rule } = item;
    if (isJsonObject(table)) {
      const flags = flagsOf(table);
      if (flags.includes('dormant')) dormant.add(placeOf({ ...table, table: table.name }, ''));
      const { family, name } = table;
      if (name === 'nat' && (family === 'ip' || family === 'ip6')) iptablesNat.add(family);
    }
    if (isJsonObject(chain) && chain.type === 'nat' && !dormant.has(placeOf(chain, ''))) {
      const place = placeOf(chain, chain.name);
      const entry = { chain: place, family: familyOf(chain), priority: Number(chain.prio) || 0 };
      if (chain.hook === 'prerouting') entries.incoming.push(entry);
      if (chain.hook === 'output') entries.own.push(entry);
    }
    if (!isJsonObject(rule) || !Array.isArray(rule.expr)) continue;
    const expressions = rule.expr.filter(isJsonObject);
    if (expressions.some(isForeign)) ofIptables.add(rule.family === 'ip6' ? 'ip6' : 'ip');
    // Without NAT, in any chain: a filter may be where packets get another destination.
    if (expressions.some(setsDestination) && !dormant.has(placeOf(rule, ''))) isWhole = false;
    const step = stepOf(rule, expressions);
    if (step !== null) addTo(chains, placeOf(rule, rule.chain), step);
  }
  for (const list of [entries.incoming, entries.own]) list.sort((a, b) => a.priority - b.priority);
  const followed = rulesFrom(chains, entries);
  return { rules: followed.rules, isWhole: isWhole && followed.isWhole, iptablesNat, ofIptables };
}

/** A chain of a hook. Of several the one with the lowest priority is first. */
interface HookChain extends EntryChain {
  readonly priority: number;
}

function familyOf({ family }: JsonObject): EntryChain['family'] {
  return family === 'ip' || family === 'ip6' ? family : 'inet';
}

/** Whether an expression writes another destination into the packet. */
function setsDestination({ mangle }: JsonObject): boolean {
  const key = isJsonObject(mangle) && isJsonObject(mangle.key) ? mangle.key : {};
  return isJsonObject(key.payload) && key.payload.field === 'daddr';
}

/**
 * The flags of a table. Up to nft 1.0.6 its name stands in place of a flag: it is then taken for dormant, which is the only
 * flag that a table keeps without a program that owns it.
 */
function flagsOf({ name, flags }: JsonObject): readonly unknown[] {
  const all = Array.isArray(flags) ? flags : [flags];
  return all.includes(name) ? [...all, 'dormant'] : all;
}

/** Whether an expression is iptables', shown only by its name. */
function isForeign({ xt }: JsonObject): boolean {
  return isJsonObject(xt) && (xt.name === 'DNAT' || xt.name === 'NETMAP');
}

/** The key of a chain: family, table and name. */
function placeOf({ family, table }: JsonObject, chain: unknown): string {
  return `${family} ${table} ${chain}`;
}

/** As `stepOf` of iptables. */
function stepOf(rule: JsonObject, expressions: readonly JsonObject[]): ChainStep | null {
  let match: PacketMatch = anyPacket;
  let isClear = true;
  for (const expression of expressions) {
    const action = actionOf(rule, expression);
    if (action !== null) {
      if (isClear) return { match, action };
      // A verdict for some packets that are not known takes none of the others.
      return action.kind === 'end' ? null : { match: anyPacket, action: { kind: 'unclear' } };
    }
    if (!isJsonObject(expression.match)) {
      const isPlain = Object.keys(expression).every((key) => plainExpressions.has(key));
      if (!isPlain) match = { ...match, isExact: false };
      continue;
    }
    const further = matchOf(expression.match);
    if (further === 'unclear') isClear = false;
    else {
      match = {
        ...match,
        ...further,
        isOwn: match.isOwn || further.isOwn === true,
        conditions: [...match.conditions, ...(further.conditions ?? [])],
        isExact: match.isExact && further.isExact !== false,
      };
    }
  }
  return null;
}

/** Expressions that are no conditions. */
const plainExpressions: ReadonlySet<string> = new Set(['counter', 'log']);

/** What an expression does with packets; null: nothing that affects where they go. */
function actionOf(rule: JsonObject, expression: JsonObject): ChainAction | null {
  const { jump, goto, dnat } = expression;
  for (const to of [jump, goto]) {
    if (!isJsonObject(to)) continue;
    return { kind: 'jump', chain: placeOf(rule, to.target), isGoto: to === goto };
  }
  if (dnat !== undefined) {
    const destination = destinationOf(dnat);
    return destination === null ? { kind: 'unclear' } : { kind: 'dnat', ...destination };
  }
  // A verdict map, to chains or addresses.
  if (isJsonObject(expression.vmap)) return { kind: 'unclear' };
  const ends = Object.keys(expression).map((key) => endings.get(key));
  const of = ends.find((one) => one !== undefined);
  return of === undefined ? null : { kind: 'end', of };
}

/** The statements after which later rules do not see the packet. */
const endings: ReadonlyMap<string, 'chain' | 'hook' | 'all'> = new Map([
  ['return', 'chain'],
  ['accept', 'hook'],
  ['drop', 'all'],
  ['redirect', 'all'],
]);

/** A condition that is not understood: it does not narrow the match down, but not all packets match it. */
const furtherCondition = { isExact: false } as const;

function matchOf({ op, left, right }: JsonObject): Partial<PacketMatch> | 'unclear' {
  if (!isJsonObject(left)) return furtherCondition;
  const { payload, meta, fib } = left;
  if (isJsonObject(fib) && isOfOthers(fib, op, right)) return ofOthers;
  if (isOfPacket(left) && !isNamed(right) && !isOwnInterface(meta, op, right)) {
    return { conditions: [JSON.stringify([op, left, right])] };
  }
  if (op !== '==' && op !== 'in') return furtherCondition;
  if (isJsonObject(meta)) {
    if (meta.key === 'l4proto') return protocolIn(right);
    return isOwnInterface(meta, op, right) ? { isOwn: true } : furtherCondition;
  }
  if (!isJsonObject(payload)) return furtherCondition;
  const { protocol, field } = payload;
  if (field === 'protocol' || field === 'nexthdr') return protocolIn(right);
  if (field === 'dport') {
    const ports = portsOf(right);
    // A named set, `@web`.
    if (ports.length === 0) return 'unclear';
    return { ports, ...(protocol !== 'th' && { protocol: protocolOf(String(protocol)) }) };
  }
  const network = networkOf(right);
  if (network === null) return furtherCondition;
  if (field === 'saddr') return { isOwn: isOwn(network), isExact: false };
  return field === 'daddr' ? { destination: network } : furtherCondition;
}

const ofOthers = { destination: addressesOfOthers, isExact: false } as const;

/** Whether a match of the type of the destination is only of addresses that are not this machine's. */
function isOfOthers({ result, flags }: JsonObject, op: unknown, right: unknown): boolean {
  if (result !== 'type' || !Array.isArray(flags) || !flags.includes('daddr')) return false;
  return op === '!=' ? right === 'local' : op === '==' && right !== 'local' && isText(right);
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** The condition of a protocol by its name or number, or of several. */
function protocolIn(right: unknown): Partial<PacketMatch> {
  if (typeof right === 'number') return { protocol: 'other' };
  // A named set, `@transport`, has no names here.
  if (typeof right === 'string' && !right.startsWith('@')) return { protocol: protocolOf(right) };
  const names = isJsonObject(right) && Array.isArray(right.set) ? (right.set as unknown[]) : [];
  const known = names.filter((name) => protocolOf(String(name)) !== 'other');
  if (names.length > 0 && known.length === 0) return { protocol: 'other' };
  return known.length === 1
    ? { protocol: protocolOf(String(known[0])), isExact: false }
    : furtherCondition;
}

/** Keys of `meta` about the interface that a packet came in by; others, as marks, may change from rule to rule. */
const ofInterface: ReadonlySet<unknown> = new Set(['iif', 'iifname', 'iiftype', 'iifgroup']);

/** Whether what is compared is the packet's own in every rule: the interface, or the route of its addresses. */
function isOfPacket({ meta, fib }: JsonObject): boolean {
  if (isJsonObject(fib)) return !JSON.stringify(fib.flags)?.includes('"mark"');
  return isJsonObject(meta) && ofInterface.has(meta.key);
}

/** Whether it is a named set, which rules may change. */
function isNamed(right: unknown): boolean {
  return JSON.stringify(right)?.includes('"@') !== false;
}

/** Whether a match of an interface is only of loopback's. */
function isOwnInterface(meta: unknown, op: unknown, right: unknown): boolean {
  if (!isJsonObject(meta) || (op !== '==' && op !== 'in')) return false;
  const { key } = meta;
  const names = isJsonObject(right) && Array.isArray(right.set) ? right.set : [right];
  const loopback =
    key === 'iifname' || key === 'iif' ? 'lo' : key === 'iiftype' ? 'loopback' : null;
  return loopback !== null && names.every((name) => name === loopback);
}

/** An address or a network; null: a set, which may be of several. */
function networkOf(right: unknown): string | null {
  if (typeof right === 'string') return right;
  const prefix = isJsonObject(right) && isJsonObject(right.prefix) ? right.prefix : null;
  return prefix === null ? null : `${prefix.addr}/${prefix.len}`;
}

/** A port, a range, or a set of both. */
function portsOf(value: unknown): readonly PortRange[] {
  if (isPortOrZero(value)) return [{ first: value, last: value }];
  if (!isJsonObject(value)) return [];
  const { range, set } = value;
  if (Array.isArray(range)) {
    const [first, last] = range as unknown[];
    return isPortOrZero(first) && isPortOrZero(last) && first <= last ? [{ first, last }] : [];
  }
  // nft never prints a set within a set.
  return Array.isArray(set)
    ? set.filter((one) => !isJsonObject(one) || !('set' in one)).flatMap(portsOf)
    : [];
}

function destinationOf(dnat: unknown): Redirection | null {
  if (!isJsonObject(dnat)) return null;
  const address = typeof dnat.addr === 'string' ? canonicalAddress(dnat.addr) : null;
  if (address === null) return null;
  if (dnat.port === undefined) return { address, newPorts: null };
  // A set would be a map's.
  const [range, ...others] = portsOf(dnat.port);
  if (range === undefined || others.length > 0) return null;
  return { address, newPorts: { ...range, base: null } };
}
