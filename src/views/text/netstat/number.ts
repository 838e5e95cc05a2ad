/** What C's `%d` prints: the low 32 bits as a signed number. */
export function decimal(value: number): string {
  return String(value | 0);
}

/** A count; 0 where the platform does not tell, to keep the column numeric. */
export function counted(value: bigint | number | null): string {
  return String(value ?? 0);
}
