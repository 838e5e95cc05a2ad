import { ipv6Text } from '../../model/address/text.ts';

/**
 * Addresses as /proc/net prints them. Sockets, IPv4 routes and groups: 32-bit words in host order, in hexadecimal,
 * one for IPv4, four for IPv6 (net/ipv4/tcp_ipv4.c and net/ipv6/tcp_ipv6.c: `%08X` of `s_addr` and `s6_addr32`).
 */

/** Swaps a word's bytes into network order where the machine is little-endian. */
export function networkOrder(word: number, littleEndian: boolean): number {
  if (!littleEndian) return word;
  return (
    ((word & 0xff) << 24) |
    ((word & 0xff00) << 8) |
    ((word >>> 8) & 0xff00) |
    ((word >>> 24) & 0xff)
  );
}

/** IPv6 routes, groups and interfaces: 32 hex digits (`%pi6`) in network order on every machine. */
export function plainIpv6(digits: string): string {
  const word = (at: number) => Number.parseInt(digits.slice(at, at + 8), 16) | 0;
  return ipv6Text(word(0), word(8), word(16), word(24));
}
