import type { IpVersion, Words } from './read-address.ts';

/** A network, or with `length` 128 a single address. */
export interface Prefix {
  /** How it was written: an IPv4 prefix also covers mapped addresses; an IPv6 one does not cover plain IPv4. */
  readonly version: IpVersion;
  readonly words: Readonly<Words>;
  /** Leading bits that count, of 128: an IPv4 /8 has 104. */
  readonly length: number;
}
