/** Returns a value as in JSON: bigints become numbers. */
export function asNumbers(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(asNumbers);
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, asNumbers(field)]));
}
