/** What C's `%d` prints: a number of 32 bits, taken for a signed one. */
export function decimal(value: number): string {
  return String(value | 0);
}

/** A count; `-` where the platform does not tell: it is not 0, and a column needs a word. */
export function counted(value: bigint | number | null): string {
  return value === null ? '-' : String(value);
}
