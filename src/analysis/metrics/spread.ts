import type { Distribution, Labels } from '../../model/report/metric.ts';

/** A histogram: counts values by bounds, and their sum. */
export interface Spread {
  add(value: number): void;
  /** The number of values up to each bound. */
  distribution(labels: Labels): Distribution;
  /** Adds the values of another histogram with the same bounds. */
  join(other: Spread): void;
  readonly counts: Uint32Array;
  sum(): number;
}

/** An empty histogram. `bounds` must be ascending. */
export function spread(bounds: readonly number[]): Spread {
  const counts = new Uint32Array(bounds.length + 1);
  let sum = 0;
  return {
    counts,
    sum: () => sum,
    add(value) {
      let at = 0;
      while (at < bounds.length && value > (bounds[at] as number)) at++;
      counts[at] = (counts[at] as number) + 1;
      sum += value;
    },
    join(other) {
      for (let i = 0; i < counts.length; i++) {
        counts[i] = (counts[i] as number) + (other.counts[i] as number);
      }
      sum += other.sum();
    },
    distribution(labels) {
      let count = 0;
      const buckets = bounds.map((bound, i) => {
        count += counts[i] as number;
        return { bound, count };
      });
      return { labels, buckets, count: count + (counts[bounds.length] as number), sum };
    },
  };
}
