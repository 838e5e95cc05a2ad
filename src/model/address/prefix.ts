import { type IpVersion, readAddress, type Words } from './read.ts';

/** A network, or with `length` 128 a single address. */
export interface Prefix {
  /** How it was written: an IPv4 prefix also covers mapped addresses; an IPv6 one does not cover plain IPv4. */
  readonly version: IpVersion;
  readonly words: Readonly<Words>;
  /** Leading bits that count, of 128: an IPv4 /8 has 104. */
  readonly length: number;
}

/** The masks of a prefix's words. */
export function prefixMasks(length: number): Words {
  const mask = (index: number) => {
    const bits = Math.min(32, Math.max(0, length - 32 * index));
    return bits === 0 ? 0 : (-1 << (32 - bits)) | 0;
  };
  return { a: mask(0), b: mask(1), c: mask(2), d: mask(3) };
}

const row: Words = { a: 0, b: 0, c: 0, d: 0 };

/** A test whether an address, in canonical text, is in `prefix`. False for text that is not an address. */
export function prefixTest(prefix: Prefix): (address: string) => boolean {
  const { a, b, c, d } = prefix.words;
  const { a: ma, b: mb, c: mc, d: md } = prefixMasks(prefix.length);
  const bareIpv4 = prefix.version === 4;
  return (address) => {
    const version = readAddress(address, row);
    if (version === 0 || (version === 4 && !bareIpv4)) return false;
    return (
      ((row.d ^ d) & md) === 0 &&
      ((row.c ^ c) & mc) === 0 &&
      ((row.b ^ b) & mb) === 0 &&
      ((row.a ^ a) & ma) === 0
    );
  };
}
