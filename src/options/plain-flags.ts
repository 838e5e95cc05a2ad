import { expandLongOptions, withoutStrayValues } from './expand.ts';
import { flagTable } from './flag-table.ts';
import { type Flag, spellings } from './flags.ts';
import { understood } from './foreign.ts';
import { countFlag, type GivenFlags, givenFlags } from './given-flags.ts';

/** The words of a command line as this program has them: whole names, none of another system's ways. */
export function ownWords(argv: readonly string[], platform: string): readonly string[] {
  return withoutStrayValues(understood(expandLongOptions(argv, flagTable), platform), flagTable);
}

/**
 * A command line of nothing but flags that take no value (`-tulpn --wide`), read without commander, which is a tenth of
 * a start; null: there is more in it, or a mistake. `words`: as `ownWords` has them.
 */
export function plainFlags(words: readonly string[]): GivenFlags | null {
  const byName = new Map<string, Flag>();
  for (const flag of flagTable as readonly Flag[]) {
    if (flag.value === undefined) for (const name of spellings(flag)) byName.set(name, flag);
  }
  const counts = new Map<string, number>();
  for (const word of words) {
    const names = word.startsWith('--') ? [word] : [...word.slice(1)].map((letter) => `-${letter}`);
    if (names.length === 0 || !word.startsWith('-')) return null;
    for (const name of names) {
      const flag = byName.get(name);
      if (flag === undefined) return null;
      countFlag(counts, flag);
    }
  }
  return givenFlags(counts, new Map(), []);
}
