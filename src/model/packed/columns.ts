/** Numbers by row. */
export type Column = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;

/** Copies `count` numbers from one column to another. */
export function copy<C extends Column>(
  to: C,
  at: number,
  from: C,
  first: number,
  count: number,
): void {
  // For few, a loop is faster than creating a view.
  if (count > 16) to.set(from.subarray(first, first + count), at);
  else for (let i = 0; i < count; i++) to[at + i] = from[first + i] as number;
}
