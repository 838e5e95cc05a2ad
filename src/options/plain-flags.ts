import { expandLongOptions, withoutStrayValues } from './expand.ts';
import { allFlags } from './flag-table.ts';
import { type Flag, spellings } from './flags.ts';
import { understood } from './foreign.ts';
import { countFlag, type GivenFlags, givenFlags } from './given-flags.ts';

/**
 * A command line's words normalized: complete long names, other systems' options translated, left-out values
 * marked.
 * @throws NetstatError `usage` for a value that is empty, or is no number where one must be
 */
export function ownWords(argv: readonly string[], platform: string): readonly string[] {
  return withoutStrayValues(understood(expandLongOptions(argv, allFlags), platform));
}

/**
 * Parses a command line of only flags without values (`-tulpn --wide`), without commander, which takes a tenth of
 * the start; null: there is more in it, or a mistake. `words`: as `ownWords` returns them.
 */
export function plainFlags(words: readonly string[]): GivenFlags | null {
  const byName = new Map<string, Flag>();
  for (const flag of allFlags) {
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
