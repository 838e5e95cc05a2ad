import { type Flag, mayBeValue, spellings } from './flags.ts';
import { usageError } from './usage.ts';

/**
 * A number that may be left out is not the word behind it if that is none: `--wait sport = 80`; nor is a name
 * with hyphens, a place. Where it is left out it is empty. `words` have whole names.
 * @throws NetstatError `usage` for one that is there and empty
 */
export function withoutStrayValues(words: readonly string[], flags: readonly Flag[]): string[] {
  const values = new Map(
    flags.flatMap(({ value, optionalValue, ...flag }) =>
      optionalValue && (value?.isNumber || value?.isHyphenated || value?.isPlace)
        ? spellings(flag as Flag).map((name) => [name, value] as const)
        : [],
    ),
  );
  const ended = words.indexOf('--');
  return words.map((word, index) => {
    const value = values.get(word.replace(/=$/, ''));
    if (value === undefined || (ended >= 0 && index > ended)) return word;
    // As a script writes it whose variable is empty; that is not to leave it out.
    if (word.endsWith('=') || words[index + 1] === '') {
      throw usageError(`${word.replace(/=$/, '')}: expected ${value.name}, found nothing`);
    }
    return mayBeValue(value, words[index + 1] ?? '') ? word : `${word}=`;
  });
}

/**
 * Long options may be shortened as far as they stay unmistakable (`--list`, `--prog`), as getopt_long(3)
 * has it; net-tools' own before those that only this program has. Puts the whole name in; leaves exact
 * and unknown ones alone.
 */
export function expandLongOptions(argv: readonly string[], flags: readonly Flag[]): string[] {
  if (!argv.some((word) => word.startsWith('--'))) return [...argv];
  const byName = new Map<string, Flag>();
  for (const flag of flags) {
    for (const name of spellings(flag)) if (name.startsWith('--')) byName.set(name, flag);
  }
  const ended = argv.indexOf('--');
  return argv.map((word, index) => {
    if (!word.startsWith('--') || word === '--' || (ended >= 0 && index > ended)) return word;
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    if (byName.has(name)) return word;
    const fitting = [...byName.keys()].filter((known) => known.startsWith(name));
    const netTools = fitting.filter((known) => !byName.get(known)?.own);
    const matches = netTools.length > 0 ? netTools : fitting;
    const meant = new Set(matches.map((match) => byName.get(match)));
    if (meant.size > 1) throw usageError(`${name} is ambiguous: ${matches.join(', ')}`);
    const [match] = matches;
    return match === undefined ? word : match + word.slice(name.length);
  });
}
