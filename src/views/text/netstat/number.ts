/** What C's `%d` prints: the low 32 bits as a signed number. */
export function decimal(value: number): string {
  return String(value | 0);
}

/** A count; `-` where the platform does not report it: it is not 0, and the column needs a word. */
export function countOrDash(value: bigint | number | null): string {
  return value === null ? '-' : String(value);
}
