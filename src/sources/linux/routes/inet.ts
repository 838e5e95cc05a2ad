import { ipv4Text } from '../../../model/address/text.ts';
import type { Route } from '../../../model/machine/route.ts';
import { networkOrder } from '../address.ts';
import { type LineReader, type Parsed, parseLines, wordsOf } from '../line-reader.ts';
import { inetFlags, routeBits } from './flags.ts';

/** The prefix length of a netmask in network order; -1 if ones follow a zero. */
function prefixOf(mask: number): number {
  const length = Math.clz32(~mask);
  return length === 32 || mask << length === 0 ? length : -1;
}

type Row = readonly [
  name: string,
  to: string,
  via: string,
  flags: string,
  refs: string,
  uses: string,
  metric: string,
  mask: string,
  mss: string,
  window: string,
  irtt: string,
];

const hex = /^[0-9A-Fa-f]{1,8}$/;
const decimal = /^\d{1,10}$/;
const signed = /^-?\d{1,10}$/;

function inetRoute(words: readonly string[], littleEndian: boolean): Route | null {
  if (words.length < 11) return null;
  const [name, to, via, flags, refs, uses, metric, mask, mss, window, irtt] = words as Row;
  if (![to, via, flags, mask].every((word) => hex.test(word))) return null;
  if (![refs, uses, mss, window, irtt].every((word) => decimal.test(word))) return null;
  if (!signed.test(metric)) return null;

  const address = (word: string) => networkOrder(Number.parseInt(word, 16) | 0, littleEndian);
  const prefixLength = prefixOf(address(mask));
  if (prefixLength < 0) return null;
  const flagBits = Number.parseInt(flags, 16);
  const gateway = address(via);
  return {
    family: 'inet',
    destination: ipv4Text(address(to)),
    prefixLength,
    gateway: gateway === 0 ? null : ipv4Text(gateway),
    source: null,
    interface: name === '*' ? null : name,
    flags: inetFlags(flagBits),
    flagBits,
    // The kernel prints the unsigned metric as a signed number.
    metric: Number(metric) >>> 0,
    refCount: Number(refs),
    useCount: Number(uses),
    mss: Number(mss),
    window: Number(window),
    irtt: Number(irtt),
    mtu: null,
  };
}

/**
 * /proc/net/route (net/ipv4/fib_trie.c, fib_route_seq_show): the main table, with one header line. Routes that are
 * not up are left out, as netstat does.
 */
export function routeLines4(littleEndian: boolean): LineReader<Route> {
  let atHeader = true;
  return (line) => {
    if (atHeader) {
      atHeader = false;
      return undefined;
    }
    const route = inetRoute(wordsOf(line), littleEndian);
    return route !== null && (route.flagBits & routeBits.up) === 0 ? undefined : route;
  };
}

/** Parses the text of /proc/net/route. */
export function parseRoutes4(text: string, littleEndian: boolean): Parsed<Route> {
  return parseLines(text, routeLines4(littleEndian));
}
