import { readAddress, type Words } from '../model/address/read.ts';

const words: Words = { a: 0, b: 0, c: 0, d: 0 };

/**
 * The 4 or 16 bytes of an address, in any spelling that inet_pton(3) accepts; null for other text, such as one with
 * a zone, brackets, or leading zeros in an IPv4 part.
 */
export function addressBytes(text: string): number[] | null {
  const version = readAddress(text, words);
  if (version === 0) return null;
  const { a, b, c, d } = words;
  return (version === 4 ? [d] : [a, b, c, d]).flatMap((word) => [
    word >>> 24,
    (word >>> 16) & 0xff,
    (word >>> 8) & 0xff,
    word & 0xff,
  ]);
}

const mappedPrefix = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255];

const startsWith = (bytes: readonly number[], prefix: readonly number[]) =>
  prefix.every((byte, index) => bytes[index] === byte);

/** The IPv4 bytes inside `::ffff:a.b.c.d`; null for any other address. */
export function mappedIPv4(bytes: readonly number[]): number[] | null {
  return startsWith(bytes, mappedPrefix) ? bytes.slice(12) : null;
}

/**
 * The name of an address's PTR record (RFC 1035 section 3.5, RFC 3596 section 2.5). An IPv4-mapped or
 * IPv4-compatible address is looked up as its IPv4 address, as in glibc.
 */
export function reverseName(bytes: readonly number[]): string {
  const compatible =
    bytes.length === 16 &&
    bytes.slice(0, 12).every((byte) => byte === 0) &&
    bytes.slice(12).join() !== '0,0,0,1';
  const ipv4 = bytes.length === 4 ? bytes : compatible ? bytes.slice(12) : mappedIPv4(bytes);
  if (ipv4 !== null) return `${[...ipv4].reverse().join('.')}.in-addr.arpa`;
  const nibbles = bytes.flatMap((byte) => [byte >> 4, byte & 15]);
  return `${nibbles
    .reverse()
    .map((nibble) => nibble.toString(16))
    .join('.')}.ip6.arpa`;
}
