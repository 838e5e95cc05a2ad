import * as text from '../../model/address-text.ts';

/** Addresses as Windows' tables hold them: bytes in network order. */

/** Four bytes at `at` to dotted decimal. */
export function ipv4Text(bytes: Buffer, at: number): string {
  return text.ipv4Text(bytes.readUInt32BE(at));
}

/** Sixteen bytes at `at` to canonical text. */
export function ipv6Text(bytes: Buffer, at: number): string {
  const word = (index: number) => bytes.readUInt32BE(at + 4 * index);
  return text.ipv6Text(word(0), word(1), word(2), word(3));
}
