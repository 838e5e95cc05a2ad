import type { ErrorSubject } from '../errors.ts';
import { platformTitles } from '../model/report/facts.ts';
import type { PlatformName } from '../model/report/snapshot.ts';
import { expandLongOptions } from './expand.ts';
import { allFlags } from './flag-table.ts';
import { spellings } from './flags.ts';
import { type Habit, habits } from './habits.ts';
import { answerToIgnoredApart, answerToValuesApart, type IsValueOf } from './values-apart.ts';

/** What could not be parsed. */
export interface Unfollowed {
  readonly about: ErrorSubject;
  readonly argv: readonly string[];
  /** The words that were parsed as an expression, or as names of interfaces. */
  readonly words: readonly string[];
  /** Node's name of the system. */
  readonly platform: string;
  /** The offset of the mistake in an expression; null, or left out: not known. */
  readonly at?: number | null;
  /** Whether a word is a value of a flag that takes a list; left out: not known of any. */
  readonly isValueOf?: IsValueOf;
  /** Whether a word is one with which a condition begins, or resembles one; left out: each may. */
  beginsCondition?(word: string): boolean;
}

/** Longer text is never a habit. */
const longestHabit = 100;

/** One line that says what to type; null: not a known habit. */
export function habitAnswer(unfollowed: Unfollowed): string | null {
  const { about, argv, words, platform, at, beginsCondition = () => true } = unfollowed;
  const isBeside = ({ beside }: Habit) =>
    beside === undefined || argv.some((word) => beside.test(word));
  const system = platform === 'darwin' || platform === 'win32' ? platform : 'linux';
  const offered = habits
    .filter((habit) => habit.understood === undefined && isBeside(habit))
    .map((habit) => habitOn(system, habit));
  const behind = (word: string) => {
    const before = argv[argv.indexOf(word) - 1] ?? '';
    return offered.filter((habit) => habit.behind?.test(before) ?? true);
  };
  if (about === 'expression' || about === 'interfaces') {
    const { isValueOf = () => false } = unfollowed;
    const found =
      words.map(answerToPasted).find((one) => one !== null) ??
      answerToValuesApart(words, argv, isValueOf);
    if (found !== null) return found;
  }
  if (about === 'expression') {
    const text = words.join(' ');
    const isOneWord = words.length === 1 && /^[\w.:,-]+$/.test(text);
    const known = behind(text);
    return (
      (isOneWord ? oneDash(argv, offered) : null) ??
      answerTo(
        text,
        known.filter(({ isGuess }) => isGuess === undefined),
      ) ??
      (at === 0 ? answerToValue(words, argv) : null) ??
      (at !== 0 || beginsCondition(text) ? null : answerTo(text, known))
    );
  }
  if (about === 'interfaces') {
    const ofThem = (word: string) => behind(word).filter(({ beside }) => beside !== undefined);
    return words.map((word) => answerTo(word, ofThem(word))).find((one) => one !== null) ?? null;
  }
  if (typeof about === 'string') return null;
  if ('filter' in about) return about.filter === 'ignore' ? answerToIgnoredApart(argv) : null;
  return answerToUnknown(about.flag, argv, offered);
}

/** The habit as it is answered on a system. */
function habitOn(system: PlatformName, habit: Habit): Habit {
  if (habit.on === undefined || habit.on.includes(system)) return habit;
  const { elsewhere = `nothing here: ${platformTitles[system]} does not tell it` } = habit;
  return { ...habit, ours: elsewhere };
}

/** The same for a flag, such as `-b` or `--kill`. */
function answerToUnknown(
  subject: string,
  argv: readonly string[],
  offered: readonly Habit[],
): string | null {
  // What is a single word to lsof is a bundle of letters here.
  for (const word of argv) {
    if (word.length > longestHabit || !/^-[^-]/.test(word) || !word.includes(subject.slice(1)))
      continue;
    const habit = offered.find(({ fits }) => fits?.test(word));
    if (habit !== undefined) return answer(word, habit);
  }
  if (!subject.startsWith('--')) {
    const about = argv.filter((word) => word.includes(subject.slice(1)));
    const long = about.find((word) => longName(word) !== null);
    const found =
      long === undefined ? oneDash(about, offered, argv) : twoDashes(long, longName(long));
    if (found !== null) return found;
  }
  const habit = offered.find(({ typed, fits }) => fits === undefined && typed.includes(subject));
  if (habit === undefined) return null;
  if (subject.startsWith('--')) return answerToFlag(subject, habit, argv);
  const bundle = argv.find((word) => /^-[^-]./.test(word) && word.includes(subject.slice(1)));
  return answer(`${subject}${bundle === undefined ? '' : ` in ${bundle}`}`, habit);
}

/**
 * The answer to a word that was meant as the optional value of the flag before it, and is none. One with a blank or an
 * operator was meant as a condition, and letters before another word as a field, whose operator may be left out.
 */
function answerToValue(
  [word = '', next = '']: readonly string[],
  argv: readonly string[],
): string | null {
  if (word.length > longestHabit || /[=!<>\s]/.test(word)) return null;
  if (next !== '' && (/^[a-z]+$/i.test(word) || /^[=!<>]/.test(next))) return null;
  for (const [at, name] of expandLongOptions(argv, allFlags).entries()) {
    if (name === '--') return null;
    const takes = allFlags.find((flag) => flag.optionalValue && spellings(flag).includes(name))
      ?.value?.takes;
    if (takes !== undefined && argv[at + 1] === word)
      return `${name} ${word}: neither its value nor a filter expression (${name} takes ${takes})`;
  }
  return null;
}

/** The answer to the name of a long flag, ours or another tool's, with one dash; null: none of the words is one. */
function oneDash(words: readonly string[], offered: readonly Habit[], argv = words): string | null {
  for (const word of words) {
    if (!/^-[a-z]{3,}$/.test(word)) continue;
    if (longNames.includes(`-${word}`)) return twoDashes(word, `-${word}`);
    const habit = offered.find(({ typed }) => typed.includes(`-${word}`));
    if (habit !== undefined) return answerToFlag(word, habit, argv);
  }
  return null;
}

/** The answer to flags with a dash that is not a hyphen, as pages print it; a long one is also `--` made one by the page. */
function answerToPasted(word: string): string | null {
  const [, name = ''] =
    /^[\u2010-\u2015\u2212-]*[\u2010-\u2015\u2212]-*([a-z0-9][\w-]{0,99})$/i.exec(word) ?? [];
  if (name === '') return null;
  const flag = longNames.includes(`--${name}`) ? `--${name}` : `-${name}`;
  return `${word}: this dash is not a hyphen (pasted from a page?): type ${flag}`;
}

/**
 * The message of a mistake with its first option named as it was typed: `--prot`, of which the parser makes `-A`.
 */
export function asTyped(message: string, argv: readonly string[]): string {
  const named = /^--?[\w-]+(?=[ :])/.exec(message)?.[0] ?? '';
  const names = allFlags.map(spellings).find((names) => names.includes(named));
  const ended = argv.indexOf('--');
  const given = (ended < 0 ? argv : argv.slice(0, ended)).map(
    (word) => word.split('=', 1)[0] ?? '',
  );
  if (names === undefined || given.includes(named)) return message;
  const typed = given.find(
    (word) => word.startsWith('--') && names.includes(expandLongOptions([word], allFlags)[0] ?? ''),
  );
  return typed === undefined ? message : typed + message.slice(named.length);
}

function twoDashes(word: string, name: string | null): string {
  return `${word}: type ${name}; a word takes two dashes (to other tools: one)`;
}

/** The answer to a flag, with the value that follows it, if one does that the habit has an example of. */
function answerToFlag(flag: string, habit: Habit, argv: readonly string[]): string {
  const at = argv.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
  const word = argv[at] ?? '';
  const value = word === flag ? (argv[at + 1] ?? '') : word.slice(flag.length + 1);
  const { example = exampleNumber, ours } = habit;
  const { like = /^\d+$/.test(example) ? positive : plainWord } = habit;
  if (!like.test(value)) return answer(flag, habit);
  return answer(`${flag} ${value}`, { ...habit, ours: ours.replaceAll(example, () => value) });
}

const positive = /^[1-9]\d*$/;
/** A word that no shell reads as anything else. */
const plainWord = /^[\w./:][\w./:@=-]{0,99}$/;

const longNames = allFlags.flatMap(spellings).filter((name) => name.startsWith('--'));

function answerTo(text: string, offered: readonly Habit[]): string | null {
  if (text.length > longestHabit) return null;
  const habit = offered.find(({ fits }) => fits?.test(text));
  return habit === undefined ? null : answer(text, habit);
}

/**
 * The long flag that was written with one dash, in full or abbreviated to four letters or more; null: none, or
 * ambiguous.
 */
function longName(word: string): string | null {
  const name = /^-([a-z][a-z0-9-]{2,})(?:=|$)/i.exec(word)?.[1]?.toLowerCase();
  if (name === undefined) return null;
  const names = longNames.filter((one) => one.startsWith(`--${name}`));
  if (names.includes(`--${name}`)) return `--${name}`;
  return names.length === 1 && name.length > 3 ? (names[0] as string) : null;
}

/** `:8080: type --port 8080 (to lsof: a port)`: the typed port, number or address replaces the example's. */
function answer(typed: string, { system, meaning, ours, fits }: Habit): string {
  const number = /(?<=^-[A-Za-z]*[cp])[\d.,]+$|(?<=:)[\w,-]+$|^\d+(?:[-,]\d+)*|(?<= )\d+$/.exec(
    typed,
  );
  const address = /(?:\d+\.){3}\d+(?:\/\d+)?|^[0-9a-f]*:[0-9a-f:]*:[0-9a-f]*(?:\/\d+)?$/i.exec(
    typed,
  );
  const groups = Object.entries(fits?.exec(typed)?.groups ?? {});
  const fitting = groups
    .reduce((text, [name, value]) => text.replaceAll(name, () => value ?? ''), ours)
    .replaceAll('STATE', typed.toLowerCase().replace(/[_ ]/g, '-'))
    .replaceAll('TYPED', () => typed)
    .replaceAll(exampleNumber, number?.[0] ?? exampleNumber)
    .replaceAll(exampleAddress, address?.[0] ?? exampleAddress);
  const what = /^(?:nothing|see|leave it out)\b/.test(fitting) ? fitting : `type ${fitting}`;
  return `${typed}: ${what} (to ${system}: ${meaning})`;
}

/** The port, and the address, in the examples. */
const exampleNumber = '3000';
const exampleAddress = '10.0.0.5';
