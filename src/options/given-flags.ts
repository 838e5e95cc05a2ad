import type { flagTable } from './flag-table.ts';
import type { Flag } from './flags.ts';

/** A flag's long name, or its letter if it has none. */
export type FlagName = NameOf<(typeof flagTable)[number]>;

type NameOf<F> = F extends { readonly long: infer Long }
  ? Long
  : F extends { readonly short: infer Short }
    ? Short
    : never;

/** A flag that takes one of a fixed list of values. */
type ChoosingFlag = Extract<
  (typeof flagTable)[number],
  { readonly long: string; readonly value: { readonly choices: readonly string[] } }
>;

/** What such a flag takes. */
type ChoiceOf<Name extends ChoosingFlag['long']> = Extract<
  ChoosingFlag,
  { readonly long: Name }
>['value']['choices'][number];

/** The parsed command line: each flag with its count or its values. */
export interface GivenFlags {
  /** How often the flag was given. */
  count(name: FlagName): number;
  has(name: FlagName): boolean;
  /** Every value of the flag, with lists split at their commas. */
  values(name: FlagName): readonly string[];
  /** The last value given. */
  value(name: FlagName): string | null;
  /** The words that are not flags. */
  readonly words: readonly string[];
}

/** The last value given of a flag that takes one of a fixed list; the parser refuses any other. */
export function choiceOf<Name extends ChoosingFlag['long']>(
  flags: GivenFlags,
  name: Name,
): ChoiceOf<Name> | null {
  // The parser compares values with the list that this type is made from.
  return flags.value(name) as ChoiceOf<Name> | null;
}

/** The name by which the program knows a flag. */
export function nameOf({ long, short }: Flag): FlagName {
  // A `Flag` has any name; the table, from which the names are taken, has every flag there is.
  return (long ?? short) as FlagName;
}

/** Increments a flag's count. */
export function countFlag(counts: Map<string, number>, flag: Flag): void {
  const key = nameOf(flag);
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** A parsed command line, from each flag's count and values. */
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

/** A command line with each flag as it is in the one that `from` returns for it. */
export function flagsFrom(
  from: (name: FlagName) => GivenFlags,
  words: readonly string[],
): GivenFlags {
  return {
    count: (name) => from(name).count(name),
    has: (name) => from(name).has(name),
    values: (name) => from(name).values(name),
    value: (name) => from(name).value(name),
    words,
  };
}

const nothing = givenFlags(new Map(), new Map(), []);

/** The same command line without a flag. */
export function withoutFlag(flags: GivenFlags, left: FlagName): GivenFlags {
  return flagsFrom((name) => (name === left ? nothing : flags), flags.words);
}
