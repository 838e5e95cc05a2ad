import type { Comparison } from './sort.ts';

/** So many rows are sorted, or merged, before others have their turn: some milliseconds. */
const slice = 4096;

/**
 * Places 0 to `length` - 1 in order, equal ones as they were: a merge sort that lets others have their turn
 * (`pause`) between slices, where one call of `sort` would keep a hundred thousand rows' time to itself.
 */
export async function sortedPlaces(
  length: number,
  comparison: Comparison,
  pause: () => Promise<void>,
): Promise<Uint32Array> {
  let from = Uint32Array.from({ length }, (_, at) => at);
  for (let at = 0; at < length; at += slice) {
    from.subarray(at, at + slice).sort(comparison);
    if (length > slice) await pause();
  }
  let to = new Uint32Array(length > slice ? length : 0);
  for (let width = slice; width < length; width *= 2) {
    for (let at = 0; at < length; at += 2 * width) {
      await merge(from, to, at, Math.min(at + width, length), Math.min(at + 2 * width, length));
    }
    [from, to] = [to, from];
  }
  return from;

  async function merge(
    source: Uint32Array,
    target: Uint32Array,
    low: number,
    middle: number,
    high: number,
  ): Promise<void> {
    let left = low;
    let right = middle;
    for (let at = low; at < high; at++) {
      const isLeft =
        left < middle &&
        (right >= high || comparison(source[left] as number, source[right] as number) <= 0);
      target[at] = source[isLeft ? left++ : right++] as number;
      if ((at - low) % slice === slice - 1) await pause();
    }
  }
}
