import type { RowOrder } from './sort.ts';

/** How many rows are sorted or merged between pauses: some milliseconds of work. */
const sliceLength = 4096;

/**
 * A stable sort of the indexes 0 to `length` - 1: a merge sort that awaits `pause` between slices. A single call of
 * `sort` would block the event loop while it sorts a hundred thousand rows.
 */
export async function sortedPlaces(
  length: number,
  comparison: RowOrder,
  pause: () => Promise<void>,
): Promise<Uint32Array> {
  let from = Uint32Array.from({ length }, (_, at) => at);
  for (let at = 0; at < length; at += sliceLength) {
    from.subarray(at, at + sliceLength).sort(comparison);
    if (length > sliceLength) await pause();
  }
  let to = new Uint32Array(length > sliceLength ? length : 0);
  for (let width = sliceLength; width < length; width *= 2) {
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
      if ((at - low) % sliceLength === sliceLength - 1) await pause();
    }
  }
}
