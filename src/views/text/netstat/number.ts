/** What C's `%d` prints: a number of 32 bits, taken for a signed one. */
export function decimal(value: number): string {
  return String(value | 0);
}

/** A count; 0 where the platform does not tell, as a column of numbers needs. */
export function counted(value: bigint | number | null): string {
  return String(value ?? 0);
}
