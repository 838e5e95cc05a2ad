import type { Glance } from '../../model/socket/glance.ts';

/** Paths are hashed into this many buckets. */
const buckets = 1 << 16;

/** Counts connections by path in little memory; paths that share a bucket are added up. */
export interface Tally {
  add(glance: Glance): void;
  /** An upper bound for the count of any path. */
  most(): number;
}

/** A tally of no connections yet. */
export function tally(): Tally {
  const counts = new Uint32Array(buckets);
  return {
    add({ path }) {
      const bucket = (path ^ (path >>> 16)) & (buckets - 1);
      counts[bucket] = (counts[bucket] as number) + 1;
    },
    most: () => counts.reduce((most, count) => Math.max(most, count), 0),
  };
}
