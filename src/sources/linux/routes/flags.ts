/**
 * A route's flags as netstat's letters. Bits: RTF_* of <linux/route.h> and, above 0xffff, <linux/ipv6_route.h>.
 * Each family has its own letters, in its own order.
 */
export const routeBits = {
  up: 0x0001,
  gateway: 0x0002,
  host: 0x0004,
  reject: 0x0200,
  /** IPv6: a copy of a route, made for one destination. */
  cache: 0x0100_0000,
  /** IPv6: to an address that several machines may have, this one among them. */
  anycast: 0x0010_0000,
  /** IPv6: to an address, or a prefix, of this network itself. */
  local: 0x8000_0000,
} as const;

type Letters = readonly (readonly [bit: number, letter: string])[];

const inetLetters: Letters = [
  [routeBits.gateway, 'G'],
  [routeBits.host, 'H'],
  [0x0008, 'R'], // reinstated after a time-out
  [0x0010, 'D'], // made by a redirect
  [0x0020, 'M'], // changed by a redirect
  [0x0001_0000, 'd'],
  [0x0002_0000, 'a'],
  [0x0004_0000, 'c'],
  [0x0020_0000, 'o'],
  [0x0040_0000, 'e'],
  [routeBits.cache, 'c'],
  [0x0200_0000, 'f'],
  [0x0400_0000, 'p'],
  [0x8000_0000, 'l'],
  [0x0040, 'u'], // has an MTU
  [0x0080, 'w'], // has a window
  [0x0100, 'i'], // has an initial round-trip time
  [0x0400, 'n'],
];

const inet6Letters: Letters = [
  [routeBits.up, 'U'],
  [routeBits.reject, '!'],
  [routeBits.gateway, 'G'],
  [routeBits.host, 'H'],
  [0x0001_0000, 'D'], // default, learned by neighbour discovery
  [0x0004_0000, 'A'], // from address configuration
  [0x0002_0000, 'a'], // fallback: no routers on the link
  [0x0040_0000, 'e'], // expires
  [0x0020, 'm'],
  [0x0020_0000, 'n'], // no next hop
  [0x0200_0000, 'f'],
];

function spell(letters: Letters, bits: number): string {
  let text = '';
  for (const [bit, letter] of letters) if ((bits & bit) !== 0) text += letter;
  return text;
}

/** A reject route shows `!` in place of `U`, and not the gateway flag. */
export function inetFlags(bits: number): string {
  const reject = (bits & routeBits.reject) !== 0;
  return reject
    ? `!${spell(inetLetters, bits & ~routeBits.gateway)}`
    : `U${spell(inetLetters, bits)}`;
}

/** IPv6 has its own letters for up and for reject routes. */
export function inet6Flags(bits: number): string {
  return spell(inet6Letters, bits);
}
