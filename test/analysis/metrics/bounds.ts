import { readFileSync } from 'node:fs';

const page = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');

/** A row of the table in docs/metrics.md. */
export interface DocumentedFamily {
  readonly name: string;
  readonly labels: readonly string[];
  /** `16 N + 16` */
  readonly bound: string;
}

/** The families that docs/metrics.md lists. */
export const documented: readonly DocumentedFamily[] = [
  ...page.matchAll(/^\| `(tsnetstat_\w+)` +\| ([^|]*)\| ([^|]+)\|/gm),
].map(([, name = '', labels = '', bound = '']) => ({
  name,
  labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label),
  bound: bound.trim(),
}));

/** How many series a family may have, by what the page says: a sum of numbers, `N` and `R`, or multiples of them. */
export function boundOf(name: string, asked: { readonly N: number; readonly R: number }): number {
  const bound = documented.find((one) => one.name === name)?.bound;
  if (bound === undefined) throw new Error(`${name}: docs/metrics.md does not have it`);
  return bound.split(' + ').reduce((sum, term) => {
    const [, factor = '', letter] = /^(\d*) ?([NR]?)$/.exec(term) ?? [];
    if (letter === undefined) throw new Error(`${bound}: not understood`);
    return sum + (factor === '' ? 1 : Number(factor)) * (letter === '' ? 1 : asked[letter as 'N']);
  }, 0);
}
