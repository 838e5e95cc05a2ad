import { ipv4Text, ipv6Text } from '../../model/address/text.ts';

/** Addresses in Windows' tables: bytes in network order. */

/** Returns the four bytes at `at` in dotted decimal. */
export function ipv4TextAt(bytes: Buffer, at: number): string {
  return ipv4Text(bytes.readUInt32BE(at));
}

/** Returns the sixteen bytes at `at` as canonical text. */
export function ipv6TextAt(bytes: Buffer, at: number): string {
  const word = (index: number) => bytes.readUInt32BE(at + 4 * index);
  return ipv6Text(word(0), word(1), word(2), word(3));
}
