const perUnit = { '': 1, ms: 0.001, s: 1, m: 60, h: 3600 } as const;

const form = /^(\d+(?:\.\d*)?|\.\d+)(ms|s|m|h)?$/i;

/** A number of seconds, which may have another unit: `2`, `0.5`, `500ms`, `5m`; NaN if it is none. */
export function secondsIn(text: string): number {
  const [, number, unit = ''] = form.exec(text) ?? [];
  if (number === undefined) return Number.NaN;
  return Number((Number(number) * perUnit[unit.toLowerCase() as keyof typeof perUnit]).toFixed(6));
}
