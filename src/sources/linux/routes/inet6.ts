import type { Route } from '../../../model/machine/route.ts';
import { plainIpv6 } from '../address.ts';
import { type Parsed, parseLines, wordsOf } from '../line-reader.ts';
import { inet6Flags, routeBits } from './flags.ts';

type Row = readonly [
  to: string,
  toLength: string,
  from: string,
  fromLength: string,
  via: string,
  metric: string,
  refs: string,
  uses: string,
  flags: string,
  name: string,
];

const address = /^[0-9A-Fa-f]{32}$/;
const short = /^[0-9A-Fa-f]{1,2}$/;
const word = /^[0-9A-Fa-f]{1,8}$/;

function inet6Route(words: readonly string[]): Route | null {
  if (words.length < 10) return null;
  const [to, toLength, from, fromLength, via, metric, refs, uses, flags, name] = words as Row;
  if (![to, from, via].every((each) => address.test(each))) return null;
  if (![toLength, fromLength].every((each) => short.test(each))) return null;
  if (![metric, refs, uses, flags].every((each) => word.test(each))) return null;

  const flagBits = Number.parseInt(flags, 16);
  const gateway = plainIpv6(via);
  const prefixLength = Number.parseInt(toLength, 16);
  const sourceLength = Number.parseInt(fromLength, 16);
  if (prefixLength > 128 || sourceLength > 128) return null;
  return {
    family: 'inet6',
    destination: plainIpv6(to),
    prefixLength,
    gateway: gateway === '::' ? null : gateway,
    source: sourceLength === 0 ? null : { address: plainIpv6(from), prefixLength: sourceLength },
    interface: name,
    flags: inet6Flags(flagBits),
    flagBits,
    metric: Number.parseInt(metric, 16),
    refCount: Number.parseInt(refs, 16),
    useCount: Number.parseInt(uses, 16),
    mss: null,
    window: null,
    irtt: null,
    mtu: null,
  };
}

/**
 * /proc/net/ipv6_route (net/ipv6/ip6_fib.c, ipv6_route_native_seq_show): every table, no header. Cached copies for
 * one destination (RTF_CACHE) are not routes of a table and are left out.
 */
export function routeLine6(line: string): Route | undefined | null {
  const route = inet6Route(wordsOf(line));
  return route !== null && (route.flagBits & routeBits.cache) !== 0 ? undefined : route;
}

/** Parses the text of /proc/net/ipv6_route. */
export function parseRoutes6(text: string): Parsed<Route> {
  return parseLines(text, routeLine6);
}
