import { otherLabel } from '../../model/metric.ts';

/** Counts by what others choose. */
export type Counts = Map<string, number>;

/** Adds one. */
export function count(counts: Counts, key: string, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

/**
 * The most frequent ones, as many as `top`, those of equal number by name, and what all others have together. What
 * itself is called `other` counts among these.
 */
export function mostOf(
  counts: Counts,
  top: number,
): { readonly told: readonly (readonly [key: string, count: number])[]; readonly other: number } {
  const all = [...counts].filter(([key]) => key !== otherLabel);
  all.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  let other = counts.get(otherLabel) ?? 0;
  for (const [, rest] of all.slice(top)) other += rest;
  return { told: all.slice(0, top), other };
}
