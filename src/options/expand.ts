import { allFlags } from './flag-table.ts';
import { type Flag, mayBeValue, spellings } from './flags.ts';
import { foreignFlag, usageError } from './usage.ts';

/**
 * Marks optional values that are left out, by ending their flag in `=`: a word after the flag that is not a number,
 * a hyphenated name or a place is not its value, as in `--wait sport = 80`. Long names in `words` must be complete.
 * @throws NetstatError `usage` for a value that is given but empty
 */
export function withoutStrayValues(words: readonly string[]): string[] {
  const values = new Map(
    allFlags.flatMap((flag) => {
      const { value, optionalValue } = flag;
      return optionalValue && (value?.isNumber || value?.isHyphenated || value?.isPlace)
        ? spellings(flag).map((name) => [name, value] as const)
        : [];
    }),
  );
  const ended = words.indexOf('--');
  return words.map((word, index) => {
    const value = values.get(word.replace(/=$/, ''));
    if (value === undefined || (ended >= 0 && index > ended)) return word;
    // A script with an empty variable writes this; it does not mean to leave the value out.
    if (word.endsWith('=') || words[index + 1] === '') {
      throw usageError(`${word.replace(/=$/, '')}: expected ${value.name}, found nothing`);
    }
    return mayBeValue(value, words[index + 1] ?? '') ? word : `${word}=`;
  });
}

/**
 * Completes abbreviated long options (`--list`, `--prog`), as getopt_long(3) does; net-tools' own options take
 * precedence over those that only this program has, and both over those that are refused here (`--e` is `--extend` and
 * not `--econet`, `--net` is `--netns`, as in ss, and not `--netrom`), unless only one of the latter is not ambiguous
 * (`--m` is `--masquerade`). Exact and unknown names are unchanged.
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
    const beginning = [...byName.keys()].filter((known) => known.startsWith(name));
    const taking = beginning.filter((known) => byName.get(known)?.value !== undefined);
    // A value after the name is for a flag that takes one.
    const fitting = equals >= 0 && taking.length > 0 ? taking : beginning;
    const [netTools, own] = [false, true].map((isOwn) =>
      fitting.filter((known) => (byName.get(known)?.own ?? false) === isOwn),
    ) as [string[], string[]];
    const working = netTools.filter((known) => byName.get(known)?.refusal === undefined);
    const meant = (names: string[]) => new Set(names.map((known) => byName.get(known))).size;
    const others = [own, netTools].filter((names) => names.length > 0);
    const unambiguous = others.find((names) => meant(names) === 1);
    const matches = working.length > 0 ? working : (unambiguous ?? others[0] ?? []);
    if (meant(matches) > 1) throw foreignFlag(name, `${name} is ambiguous: ${matches.join(', ')}`);
    const [match] = matches;
    return match === undefined ? word : match + word.slice(name.length);
  });
}
