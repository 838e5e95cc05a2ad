import type { Glance } from '../../model/glance.ts';

/** Paths are told apart by so many of their bits. */
const buckets = 1 << 16;

/** Counts connections by their paths in little memory: what paths that share a bucket have is added up. */
export interface Tally {
  add(glance: Glance): void;
  /** No path has more. */
  most(): number;
}

/** One that has counted nothing. */
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
