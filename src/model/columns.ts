/** Numbers by row. */
export type Column = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;

/** Writes so many numbers of a column into another one. */
export function copy<C extends Column>(
  to: C,
  at: number,
  from: C,
  first: number,
  count: number,
): void {
  // One by one where there are few: a view of them takes longer.
  if (count > 16) to.set(from.subarray(first, first + count), at);
  else for (let i = 0; i < count; i++) to[at + i] = from[first + i] as number;
}
