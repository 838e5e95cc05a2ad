import { otherLabel } from '../../model/report/metric.ts';
import { compareText } from '../../text/compare-text.ts';

/** Counts by a key that others choose. */
export type Counts = Map<string, number>;

/** Adds `by` to the count of a key. */
export function count(counts: Counts, key: string, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

/** The `top` most frequent keys, ties by name, and the sum of all others. A key `other` is counted among those. */
export function mostOf(
  counts: Counts,
  top: number,
): { readonly listed: readonly (readonly [key: string, count: number])[]; readonly other: number } {
  const all = [...counts].filter(([key]) => key !== otherLabel);
  all.sort(([a, m], [b, n]) => n - m || compareText(a, b));
  let other = counts.get(otherLabel) ?? 0;
  for (const [, rest] of all.slice(top)) other += rest;
  return { listed: all.slice(0, top), other };
}
