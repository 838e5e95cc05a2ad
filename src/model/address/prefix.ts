import type { IpVersion, Words } from './read.ts';

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
