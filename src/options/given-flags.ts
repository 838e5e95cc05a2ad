import type { flagTable } from './flag-table.ts';
import type { Flag } from './flags.ts';

/** The long name of a flag, or the letter of one that has none, by which the program knows it. */
export type FlagName = NameOf<(typeof flagTable)[number]>;

type NameOf<F> = F extends { readonly long: infer Long }
  ? Long
  : F extends { readonly short: infer Short }
    ? Short
    : never;

/** What stands on a command line: each flag with how often, or with the values it was given. */
export interface GivenFlags {
  /** How often the flag was given. */
  count(name: FlagName): number;
  has(name: FlagName): boolean;
  /** Every value that the flag was given, lists taken apart at their commas. */
  values(name: FlagName): readonly string[];
  /** The last value given. */
  value(name: FlagName): string | null;
  /** The words that are no flags. */
  readonly words: readonly string[];
}

/** One more of a flag. */
export function countFlag(counts: Map<string, number>, { long, short }: Flag): void {
  const key = (long ?? short) as string;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** What was counted of each flag, and the values by its name. */
export function givenFlags(
  counts: ReadonlyMap<string, number>,
  values: ReadonlyMap<string, readonly string[]>,
  words: readonly string[],
): GivenFlags {
  return {
    count: (name) => counts.get(name) ?? 0,
    has: (name) => counts.has(name),
    values: (name) => values.get(name) ?? [],
    value: (name) => values.get(name)?.at(-1) ?? null,
    words,
  };
}
