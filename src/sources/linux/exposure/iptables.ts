import { addTo } from '../../../model/add-to.ts';
import type { PortRange } from '../../../model/address/port.ts';
import { canonicalAddress, isLoopback } from '../../../model/address/read.ts';
import { addressesOfOthers, anyPacket, type PacketMatch } from './packet-match.ts';
import {
  type ChainAction,
  type ChainStep,
  type PortRules,
  type Redirection,
  rulesFrom,
} from './port-rule.ts';

/** Parses the `nat` table as iptables-save(8) and ip6tables-save(8) print it. */
export function parseIptables(text: string): PortRules {
  const chains = new Map<string, ChainStep[]>();
  let isNat = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) isNat = line.trim() === '*nat';
    const [, chain, rest] = /^-A (\S+) (.*)$/.exec(line) ?? [];
    if (!isNat || chain === undefined || rest === undefined) continue;
    const step = stepOf(wordsIn(rest));
    if (step !== null) addTo(chains, chain, step);
  }
  const entry = (chain: string) => [{ chain, family: 'inet' }] as const;
  return rulesFrom(chains, { incoming: entry('PREROUTING'), own: entry('OUTPUT') });
}

/** Words; quoted ones (comments) are kept whole. */
function wordsIn(text: string): readonly string[] {
  return [...text.matchAll(/"(?:[^"\\]|\\.)*"|\S+/g)].map(([word]) => word);
}

/** Options with a value whose meaning is known. */
const valued: ReadonlySet<string> = new Set([
  ...['-p', '-d', '-s', '-i', '-m', '-j', '-g', '--dport', '--dports', '--dst-type'],
  ...['--comment', '--to-destination', '--to-ports'],
]);

/** Modules whose conditions are all understood. */
const plainModules: ReadonlySet<string> = new Set([
  ...['tcp', 'udp', 'sctp', 'multiport', 'comment', 'addrtype'],
]);

/** Parses a rule; null: it does not affect where packets go. */
function stepOf(words: readonly string[]): ChainStep | null {
  let match: PacketMatch = anyPacket;
  let target: string | null = null;
  let isGoto = false;
  let to: string | null = null;
  let isNegated = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (word === '!') {
      isNegated = true;
      continue;
    }
    const negates = isNegated;
    isNegated = false;
    if (!word.startsWith('-')) continue;
    // A value may look like an option: a comment, for example.
    const value = valued.has(word) ? (words[++at] ?? '') : '';
    if (word === '-j' || word === '-g') {
      target = value;
      isGoto = word === '-g';
    } else if (word === '--to-destination') to = value;
    else match = narrowed(match, word, value, negates);
  }
  const action = actionOf(target, isGoto, to);
  return action === null ? null : { match, action };
}

/** A match and the condition of one more option. */
function narrowed(
  match: PacketMatch,
  option: string,
  value: string,
  isNegated: boolean,
): PacketMatch {
  if (option === '--dst-type' && (isNegated ? value === 'LOCAL' : value !== 'LOCAL')) {
    return { ...match, destination: addressesOfOthers, isExact: false };
  }
  // `! -i docker0`, `! -d 127.0.0.0/8`: an exception; packets from elsewhere still match.
  if (isNegated) {
    // The type of an address may be that on one interface (`--limit-iface-in`): then its exceptions are more.
    const isPlain = valued.has(option) && option !== '--dst-type';
    return isPlain ? also(match, `! ${option} ${value}`) : { ...match, isExact: false };
  }
  switch (option) {
    case '-p':
      return { ...match, protocol: protocolOf(value) };
    case '-d':
      return { ...match, destination: value };
    case '-i':
      return value === 'lo' ? { ...match, isOwn: true } : also(match, `-i ${value}`);
    case '-s':
      return also({ ...match, isOwn: match.isOwn || isOwn(value) }, `-s ${value}`);
    case '--dst-type':
      return also(match, `--dst-type ${value}`);
    case '--dport':
    case '--dports':
      return { ...match, ports: portsIn(value) };
    case '-m':
      return plainModules.has(value) ? match : { ...match, isExact: false };
    case '--comment':
    case '--to-ports':
      return match;
    default:
      return { ...match, isExact: false };
  }
}

function also(match: PacketMatch, condition: string): PacketMatch {
  return { ...match, conditions: [...match.conditions, condition] };
}

/** null: the target does not affect where packets go. */
function actionOf(target: string | null, isGoto: boolean, to: string | null): ChainAction | null {
  switch (target) {
    case null:
      return null;
    case 'DNAT': {
      const destination = destinationIn(to ?? '');
      return destination === null ? { kind: 'unclear' } : { kind: 'dnat', ...destination };
    }
    // It maps whole networks.
    case 'NETMAP':
      return { kind: 'unclear' };
    case 'REDIRECT':
    case 'DROP':
      return { kind: 'end', of: 'all' };
    case 'ACCEPT':
      return { kind: 'end', of: 'hook' };
    case 'RETURN':
      return { kind: 'end', of: 'chain' };
    default:
      return { kind: 'jump', chain: target, isGoto };
  }
}

/** Whether packets of this source (an address or a network) or interface are this machine's own. */
export function isOwn(from: string): boolean {
  const [address = '', length = '8'] = from.split('/');
  return from === 'lo' || (Number(length) >= 8 && isLoopback(address));
}

/** A protocol by its name. */
export function protocolOf(text: string): PacketMatch['protocol'] {
  if (text === 'all') return null;
  return text === 'tcp' || text === 'udp' || text === 'sctp' ? text : 'other';
}

/** `80`, `8000:8010`, and several with commas. */
function portsIn(text: string): readonly PortRange[] {
  return text.split(',').flatMap((part) => {
    const [, first, last] = /^(\d+)(?::(\d+))?$/.exec(part) ?? [];
    return first === undefined ? [] : [{ first: Number(first), last: Number(last ?? first) }];
  });
}

/**
 * `10.0.0.2`, `10.0.0.2:80`, `10.0.0.2:80-90`, `10.0.0.2:80-90/8080` (with the port that maps to the first one),
 * `[fd00::2]:80`; a range of addresses does not mean one container.
 */
export function destinationIn(text: string): Redirection | null {
  const [, v6, v4, first, last = first, base] =
    /^(?:\[([0-9a-f:.]+)\]|([0-9a-f.]+|[0-9a-f:]*:[0-9a-f:]*?))(?::(\d+)(?:-(\d+))?(?:\/(\d+))?)?$/i.exec(
      text,
    ) ?? [];
  const address = canonicalAddress(v6 ?? v4 ?? '');
  if (address === null) return null;
  if (first === undefined) return { address, newPorts: null };
  const [from, to] = [Number(first), Number(last)];
  if (from > to) return null;
  const newPorts = { first: from, last: to, base: base === undefined ? null : Number(base) };
  return { address, newPorts };
}
