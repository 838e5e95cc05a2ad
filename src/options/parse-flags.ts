import { Command, CommanderError, Option } from 'commander';
import type { NetstatError } from '../errors.ts';
import { didYouMean, nearNames } from '../text/near-names.ts';
import { allFlags, shownFlags } from './flag-table.ts';
import { type Flag, type FlagValue, spellings } from './flags.ts';
import { takesValue } from './foreign.ts';
import { countFlag, type GivenFlags, givenFlags, nameOf } from './given-flags.ts';
import { ownWords } from './plain-flags.ts';
import { notSeconds, secondsIn } from './seconds.ts';
import { foreignFlag, shownValue, usageError } from './usage.ts';

/** Maximum number of words after `--`: commander passes them as arguments of one call, whose number is limited. */
const maxWordsAfterDashes = 100_000;

/**
 * Parses the flags of a command line with commander.
 * @throws NetstatError `usage`
 */
export function parseFlags(argv: readonly string[], platform = 'linux'): GivenFlags {
  return parseWords(ownWords(argv, platform));
}

/**
 * The same for words that `ownWords` returned.
 * @throws NetstatError `usage`
 */
export function parseWords(words: readonly string[]): GivenFlags {
  const ended = words.indexOf('--');
  if (ended >= 0 && words.length - ended > maxWordsAfterDashes) {
    throw usageError(`-- has more than ${maxWordsAfterDashes} words after it; omit --`);
  }
  refuseStrayDash(words);
  try {
    // Registering some seventy flags with commander takes 2 ms, and a command line has a handful.
    return parseWith(mentioned(words), words);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
  }
  try {
    return parseWith(allFlags, words);
  } catch (error) {
    if (error instanceof CommanderError) throw plain(error, words);
    throw error;
  }
}

/** Refuses a dash among letters, `-tul-pn`: of what follows it, commander makes a long name, and of `-t-` the end of flags. */
function refuseStrayDash(words: readonly string[]): void {
  for (const [index, word] of words.entries()) {
    if (word === '--') return;
    if (!/^-[^-]+-/.test(word) || takesValue(words[index - 1] ?? '')) continue;
    const letters = [...word.slice(1)];
    const flags = letters.map((letter) => allFlags.find(({ short }) => short === letter));
    const end = flags.findIndex((flag) => flag === undefined || flag.value !== undefined);
    if (letters[end] === '-') {
      throw foreignFlag(word, `unknown option '-' in ${shownValue(word)}; see tsnetstat --help`);
    }
  }
}

/** The flags that occur among the words, and possibly a few more. */
function mentioned(words: readonly string[]): readonly Flag[] {
  const longs = new Set<string>();
  let shorts = '';
  for (const word of words) {
    if (word.startsWith('--')) longs.add(word.split('=', 1)[0] as string);
    else if (word.startsWith('-')) shorts += word;
  }
  // Unless commander knows a flag that is a digit, it takes `-1` for a negative number.
  if (/\d/.test(shorts)) shorts += '-4';
  return allFlags.filter(
    (flag) =>
      (flag.short !== undefined && shorts.includes(flag.short)) ||
      spellings(flag).some((name) =>
        name.startsWith('--') ? longs.has(name) : shorts.includes(name.slice(1)),
      ),
  );
}

function parseWith(flags: readonly Flag[], words: readonly string[]): GivenFlags {
  const counts = new Map<string, number>();
  const values = new Map<string, string[]>();
  const command = new Command('tsnetstat')
    .exitOverride()
    .showSuggestionAfterError(false)
    .configureOutput({ writeErr: () => {}, outputError: () => {} })
    .helpOption(false)
    .argument('[expression...]');

  for (const flag of flags) {
    for (const option of optionsOf(flag)) {
      command.addOption(option);
      command.on(`option:${option.name()}`, (value: string | null | undefined) => {
        countFlag(counts, flag);
        if (flag.value !== undefined && value != null) {
          const key = nameOf(flag);
          const known = values.get(key) ?? [];
          for (const one of flag.value.list ? value.split(',') : [value]) known.push(one);
          values.set(key, known);
        }
      });
    }
  }

  command.parse(words, { from: 'user' });
  checkChoices(flags, values);
  return givenFlags(counts, values, command.args);
}

/** commander allows one short and one long name per option, so other spellings become separate options. */
function optionsOf(flag: Flag): Option[] {
  const [own, others] = ownAndOthers(flag);
  const taking =
    flag.value === undefined
      ? ''
      : flag.optionalValue
        ? ` [${flag.value.name}]`
        : ` <${flag.value.name}>`;
  return [own, ...others].map((names) => new Option(names + taking));
}

function ownAndOthers(flag: Flag): [string, readonly string[]] {
  const aliases = flag.aliases ?? [];
  const own = spellings(flag).filter((name) => !aliases.includes(name));
  return [own.join(', '), aliases];
}

function checkChoices(
  flags: readonly Flag[],
  values: ReadonlyMap<string, readonly string[]>,
): void {
  for (const flag of flags) {
    const choices = flag.value?.choices;
    if (choices === undefined) continue;
    for (const value of values.get(flag.long as string) ?? []) {
      if (choices.includes(value)) continue;
      const question = didYouMean(meantBy(value, flag.value as FlagValue));
      const text = question === '' ? '' : ` (${question})`;
      throw usageError(
        `--${flag.long} ${shownValue(value)}: not one of ${choices.join(', ')}${text}`,
      );
    }
  }
}

/** The choices that may have been meant by another word; none if it resembles nearly all of them. */
function meantBy(word: string, { choices = [], meant = {} }: FlagValue): readonly string[] {
  const name = word.toLowerCase();
  if (Object.hasOwn(meant, name)) return [meant[name] as string];
  const near = nearNames(word, choices);
  return near.length > 1 && near.length >= choices.length - 1 ? [] : near;
}

/** commander's message as one line in this program's format, with the flag that may have been meant. */
function plain({ code, message }: CommanderError, words: readonly string[]): NetstatError {
  const what = message.replace(/^error: /, '').replace(/\.$/, '');
  const unknown = code === 'commander.unknownOption' ? /'(.*)'/s.exec(what)?.[1] : undefined;
  const lacking = code === 'commander.optionMissingArgument' ? /(--?[\w-]+) </.exec(what) : null;
  if (lacking !== null) return missingValue(lacking[1] as string);
  if (unknown === undefined) return usageError(`${what}; see tsnetstat --help`);
  const [name = '', ...rest] = unknown.split('=');
  if (rest.length > 0 && allFlags.some((flag) => spellings(flag).includes(name))) {
    return foreignFlag(name, valueText(name, rest.join('=')));
  }
  if (unknown.startsWith('--')) {
    const near = nearFlags(what);
    const asBundle = isBundle.test(name) ? [name.slice(1)] : [];
    // Two letters resemble too many names.
    const isShort = name.length === '--an'.length && asBundle.length > 0;
    const question = didYouMean(near.length > 0 && !isShort ? near : asBundle);
    const text = `${what}${question === '' ? '' : ` (${question})`}; see tsnetstat --help`;
    return foreignFlag(name, text);
  }
  const timed = /^-[\d.]/.test(unknown) ? timedFlag(words[words.indexOf(unknown) - 1] ?? '') : null;
  if (timed !== null) return notSeconds(timed, unknown);
  // For a bundle, commander reports what is left of it, beginning with the unknown letter.
  const letter = `-${[...unknown][1] ?? ''}`;
  const bundle = words.find((word) => /^-[^-]/.test(word) && word.endsWith(unknown.slice(1)));
  const [, assigned, value = ''] = /^-[^=]*([^=])=(.*)$/s.exec(bundle ?? '') ?? [];
  if (assigned !== undefined && letter === '-=') {
    const timed = Number.isNaN(secondsIn(value)) ? timedFlag(`-${assigned}`) : null;
    if (timed !== null) return notSeconds(timed, value);
    return foreignFlag(letter, valueText(`-${assigned}`, value));
  }
  const place = bundle === undefined || bundle === letter ? '' : ` in ${bundle}`;
  return foreignFlag(letter, `unknown option '${letter}'${place}; see tsnetstat --help`);
}

/** The flag at the end of a word that may have seconds behind it, `-c` or `--wait`; null: there is none. */
function timedFlag(word: string): string | null {
  const name = word.startsWith('--') ? word.replace(/=$/, '') : `-${word.at(-1)}`;
  const isTimed = ({ value, followers }: Flag) => value?.name === 'SEC' || followers === '[SEC]';
  return allFlags.some((flag) => isTimed(flag) && spellings(flag).includes(name)) ? name : null;
}

/** The error for a flag without its value. */
function missingValue(name: string): NetstatError {
  const { short, value } = allFlags.find((flag) => spellings(flag).includes(name)) as Flag;
  const { choices, takes, name: placeholder } = value as FlagValue;
  const expected = choices === undefined ? (takes ?? placeholder) : `one of ${choices.join(', ')}`;
  return usageError(`${short === undefined ? name : `-${short}`}: expected ${expected}`);
}

/**
 * Letters behind two dashes, each once, that people bundle: of a listing, with one that says what is listed if they are
 * many (so not `--nope`), or of one other report.
 */
const isBundle =
  /^--(?!.*([a-z\d]).*\1)(?=.{2})(?:(?=.*[tuxwla])[tuxwlanpeo46]+|[npeo46]{2,3}|[anep46]*[rig][anep46]*|[tuwna46]*s[tuwna46]*)$/;

/** The answer to a value of a flag that takes none: `--programs` shows a column, `--program NAME` is the filter. */
function valueText(name: string, value: string): string {
  const filter = name.replace(/s$/, '');
  const isFilter = allFlags.some((flag) => flag.value !== undefined && `--${flag.long}` === filter);
  const instead =
    isFilter && filter !== name ? `type ${filter} ${shownValue(value)}` : 'leave it out';
  return `${name} takes no value, found ${shownValue(value)}: ${instead}`;
}

/** The long flags that resemble the one quoted in `message`; none for a single letter. */
function nearFlags(message: string): readonly string[] {
  const given = /'--([^=]*)/s.exec(message)?.[1]?.replace(/'$/, '');
  if (given === undefined) return [];
  const long = shownFlags.flatMap(spellings).filter((name) => name.startsWith('--'));
  return nearNames(given, long);
}
