import { addTo } from '../../../model/add-to.ts';
import { canonicalAddress, isLoopback } from '../../../model/read-address.ts';
import {
  anyPacket,
  type ChainStep,
  type PacketMatch,
  type PortRange,
  type PortRules,
  type Redirection,
  rulesFrom,
} from './port-rule.ts';

/** Parses the `nat` table as iptables-save(8) and ip6tables-save(8) print it. */
export function parseIptables(text: string): PortRules {
  const chains = new Map<string, ChainStep[]>();
  let isNat = false;
  let isWhole = true;
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) isNat = line.trim() === '*nat';
    const [, chain, rest] = /^-A (\S+) (.*)$/.exec(line) ?? [];
    if (!isNat || chain === undefined || rest === undefined) continue;
    const step = stepOf(wordsIn(rest));
    if (step === 'unclear') isWhole = false;
    if (step === null || step === 'unclear') continue;
    addTo(chains, chain, step);
  }
  const followed = rulesFrom(chains, { incoming: ['PREROUTING'], own: ['OUTPUT'] });
  return { rules: followed.rules, isWhole: isWhole && followed.isWhole };
}

/** Words; quoted ones (comments) are kept whole. */
function wordsIn(text: string): readonly string[] {
  return [...text.matchAll(/"(?:[^"\\]|\\.)*"|\S+/g)].map(([word]) => word);
}

/** Parses a rule; null: it does not affect where packets go; `unclear`: it does, in a way that is not understood. */
function stepOf(words: readonly string[]): ChainStep | null | 'unclear' {
  let match: PacketMatch = anyPacket;
  let target: string | null = null;
  let to: string | null = null;
  let isNegated = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    const value = words[at + 1] ?? '';
    const negates = isNegated;
    isNegated = word === '!';
    // `! -i docker0`, `! -d 127.0.0.0/8`: an exception; packets from elsewhere still match.
    if (negates) continue;
    if (word === '-p') match = { ...match, protocol: protocolOf(value) };
    else if (word === '-d') match = { ...match, destination: value };
    else if (word === '-s' || word === '-i')
      match = { ...match, isOwn: match.isOwn || isOwn(value) };
    else if (word === '--dport' || word === '--dports') match = { ...match, ports: portsIn(value) };
    else if (word === '-j' || word === '-g') target = value;
    else if (word === '--to-destination') to = value;
  }
  if (target === 'DNAT') {
    const destination = destinationIn(to ?? '');
    return destination === null ? 'unclear' : { match, action: { kind: 'dnat', ...destination } };
  }
  // REDIRECT stays on the machine; NETMAP maps whole networks.
  if (target === 'NETMAP' || target === 'TPROXY') return 'unclear';
  return target === null ? null : { match, action: { kind: 'jump', chain: target } };
}

/** Whether packets of this source (an address or a network) or interface are this machine's own. */
export function isOwn(from: string): boolean {
  const [address = '', length = '8'] = from.split('/');
  return from === 'lo' || (Number(length) >= 8 && isLoopback(address));
}

/** A protocol whose ports can be published; null: another, or any. */
export function protocolOf(text: string): PacketMatch['protocol'] {
  return text === 'tcp' || text === 'udp' || text === 'sctp' ? text : null;
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
