import type { ErrorSubject } from '../errors.ts';
import { platformTitles } from '../model/report/facts.ts';
import type { PlatformName } from '../model/report/snapshot.ts';
import { shellWord } from '../model/shell-word.ts';
import { expandLongOptions } from './expand.ts';
import { allFlags } from './flag-table.ts';
import { spellings } from './flags.ts';
import { takesValue } from './foreign.ts';
import type { Habit, ReplacedFlag } from './habits/habit.ts';
import { habits } from './habits/index.ts';
import {
  answerToIgnoredApart,
  answerToValuesApart,
  type IsValueOf,
  machineApart,
} from './values-apart.ts';

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
  /** Whether a text can be parsed as an expression; left out: none can. */
  isExpression?(text: string): boolean;
}

const filterFlags = allFlags.filter(({ group }) => group === 'filters');

/** Longer text is never a habit. */
const longestHabit = 100;

/** One line that says what to type; null: not a known habit. */
export function habitAnswer(unfollowed: Unfollowed): string | null {
  const { about, argv, words, platform, at } = unfollowed;
  const { beginsCondition = () => true, isExpression = () => false } = unfollowed;
  const offered = habitsOf(argv, platform);
  const behind = (word: string) => behindOthers(word, argv, offered);
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
      (isExpression(text) ? answerWithout(argv, offered) : null) ??
      (at === 0 ? answerToValue(words, argv) : null) ??
      (at !== 0 || beginsCondition(text) ? null : answerToName(text, argv, known))
    );
  }
  if (about === 'interfaces') {
    const ofThem = (word: string) => behind(word).filter(({ beside }) => beside !== undefined);
    return words.map((word) => answerTo(word, ofThem(word))).find((one) => one !== null) ?? null;
  }
  if (typeof about === 'string') return null;
  if ('filter' in about) return about.filter === 'ignore' ? answerToIgnoredApart(argv) : null;
  return answerToUnknown(about.flag, unfollowed, offered);
}

/** The answer to a word that may be the name of many things; behind `--on web1` of another machine too. */
function answerToName(
  word: string,
  argv: readonly string[],
  known: readonly Habit[],
): string | null {
  const found = answerTo(word, known);
  const machine = found === null ? null : machineApart(word, argv);
  return machine === null ? found : `${found}; ${machine}`;
}

/** The habits that a line may have, as they are answered on its system. */
function habitsOf(argv: readonly string[], platform: string): readonly Habit[] {
  const system = platform === 'darwin' || platform === 'win32' ? platform : 'linux';
  return habits
    .filter(({ understood, beside }) => {
      return understood === undefined && (!beside || argv.some((word) => beside.test(word)));
    })
    .map((habit) => habitOn(system, habit));
}

/** Those of them that apply to a word where it stands. */
function behindOthers(
  word: string,
  argv: readonly string[],
  offered: readonly Habit[],
): readonly Habit[] {
  const last = argv[argv.indexOf(word) - 1] ?? '';
  return offered.filter(({ behind }) => behind?.test(last) ?? true);
}

/** Whether a line that was not parsed has a filter: an expression, or an option. */
function isFiltered(argv: readonly string[], isExpression: (text: string) => boolean): boolean {
  const text = argv.filter((word, at) => !word.startsWith('-') && !takesValue(argv[at - 1] ?? ''));
  const names = new Set(argv.map((word) => word.replace(/=.*/s, '')));
  return (
    isExpression(text.join(' ')) ||
    filterFlags.some((flag) => spellings(flag).some((name) => names.has(name)))
  );
}

/**
 * The answer to an expression beside a flag that is about something else here: the line without it. `typed`: only this
 * flag; left out: each.
 */
function answerWithout(
  argv: readonly string[],
  offered: readonly Habit[],
  typed: string | null = null,
): string | null {
  for (const habit of offered) {
    if (habit.without === undefined || (typed !== null && !habit.typed.includes(typed))) continue;
    const line = lineWithout(habit.without, argv);
    if (line.join(' ') === argv.join(' ')) continue;
    const fitting = (habit.unfit ?? []).reduce((rest, flag) => lineWithout(flag, rest), line);
    const text = fitting.map(shellWord).join(' ');
    if (text.length > longestHabit) return null;
    const ours = habit.ours.replace('LINE', () => text);
    return sentence(typed ?? `-${habit.without.letter}`, { ...habit, ours });
  }
  return null;
}

/** The words of a line without a flag, alone or in a bundle, and without its value. */
function lineWithout({ letter, long }: ReplacedFlag, argv: readonly string[]): string[] {
  const ended = argv.indexOf('--');
  const isLong = (word: string) =>
    expandLongOptions([word], allFlags)[0]?.replace(/=.*/s, '') === long;
  return argv.flatMap((word, at) => {
    const before = argv[at - 1] ?? '';
    if (ended >= 0 && at >= ended) return [word];
    if (takesValue(before)) return isLong(before) ? [] : [word];
    if (word.startsWith('--')) return isLong(word) ? [] : [word];
    // What stands behind -A, -f or -I in a bundle is its value.
    const [, bundle = '', rest = ''] = /^-([B-HJ-Za-eg-z0-9]+)(.*)$/s.exec(word) ?? [];
    const others = bundle.replaceAll(letter ?? '', '') + rest;
    return bundle === '' ? [word] : others === '' ? [] : [`-${others}`];
  });
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
  { argv, isExpression = () => false }: Pick<Unfollowed, 'argv' | 'isExpression'>,
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
  const replaced = isFiltered(argv, isExpression) ? answerWithout(argv, offered, subject) : null;
  if (replaced !== null) return replaced;
  const isLast = (word: string | undefined) =>
    word !== undefined && /^-[^-]/.test(word) && word.endsWith(subject.slice(1));
  const next = argv.find((_, at) => isLast(argv[at - 1])) ?? '';
  const habit = offered.find(
    ({ typed, fits, without, before }) =>
      fits === undefined &&
      without === undefined &&
      typed.includes(subject) &&
      (before?.test(next) ?? true),
  );
  if (habit === undefined) return null;
  if (subject.startsWith('--')) return answerToFlag(subject, habit, argv);
  const bundle = argv.find((word) => /^-[^-]./.test(word) && word.includes(subject.slice(1)));
  const value = habit.before === undefined ? '' : ` ${next}`;
  return (
    answerToWordBeside(habit, argv, offered) ??
    answer(`${subject}${value}${bundle === undefined ? '' : ` in ${bundle}${value}`}`, habit)
  );
}

/** The answer to a word that the tool has beside a flag which means another report to it: a port, a process. */
function answerToWordBeside(
  { ours, system }: Habit,
  argv: readonly string[],
  offered: readonly Habit[],
): string | null {
  if (!ours.startsWith('tsnetstat ')) return null;
  const ofTool = offered.filter((one) => one.system === system && one.beside !== undefined);
  for (const word of argv) {
    const found = answerTo(word, behindOthers(word, argv, ofTool));
    if (found !== null) return found;
  }
  return null;
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

/**
 * The answer to a mistake that begins with an option as it was typed, if this is another tool's: `--socket=tcp`, of
 * which the parser makes `--socket-info`; null: it is none.
 */
export function answerToShortened(
  message: string,
  argv: readonly string[],
  platform: string,
): string | null {
  const name = /^--[\w-]+(?=[ :])/.exec(message)?.[0] ?? '';
  if (longNames.includes(name)) return null;
  const habit = habitsOf(argv, platform).find(({ typed }) => typed.includes(name));
  if (habit === undefined || habit.like?.test(typedValue(name, argv)) === false) return null;
  return answerToFlag(name, habit, argv);
}

/** The value that follows a flag; empty: none. */
function typedValue(flag: string, argv: readonly string[]): string {
  const at = argv.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
  const [word = '', next = ''] = argv.slice(at, at + 2);
  if (word !== flag) return word.slice(flag.length + 1);
  return next.startsWith('-') ? '' : next;
}

function twoDashes(word: string, name: string | null): string {
  return `${word}: type ${name}; a word takes two dashes (in other tools: one)`;
}

/** The answer to a flag, with the value that follows it, if one does that the habit has an example of. */
function answerToFlag(flag: string, habit: Habit, argv: readonly string[]): string {
  const value = typedValue(flag, argv);
  const { example = exampleNumber } = habit;
  const { like = /^\d+$/.test(example) ? positive : plainWord } = habit;
  const [whole, part = whole] = like.exec(value) ?? [];
  if (value === '' || part === undefined) return answer(flag, habit);
  return answer(`${flag} ${value}`, habit, { [example]: part });
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

/**
 * `:8080: type --port 8080 (in lsof: a port)`: what was typed stands for the names of its parts and for the examples.
 * `parts`: further ones, by what stands for each in `ours`.
 */
function answer(
  typed: string,
  { system, meaning, ours, fits }: Habit,
  parts: Readonly<Record<string, string>> = {},
): string {
  const number =
    /(?<=^-[A-Za-z]*[cp])[\d.,]+$|(?<=:)[\w,-]+$|^\d+(?:[-,]\d+)*(?=\/|$)|(?<= )\d+$/.exec(typed);
  const address = /(?:\d+\.){3}\d+(?:\/\d+)?|^[0-9a-f]*:[0-9a-f:]*:[0-9a-f]*(?:\/\d+)?$/i.exec(
    typed,
  );
  const known = new Map([
    ['STATE', typed.toLowerCase().replace(/[_ ]/g, '-')],
    ['TYPED', typed],
    [exampleNumber, number?.[0] ?? exampleNumber],
    [exampleAddress, address?.[0] ?? exampleAddress],
    ...Object.entries(fits?.exec(typed)?.groups ?? {}),
    ...Object.entries(parts),
  ]);
  // All in one pass: what was typed may look like another part.
  const names = new RegExp([...known.keys()].join('|').replaceAll('.', '\\.'), 'g');
  return sentence(typed, {
    system,
    meaning,
    ours: ours.replace(names, (name) => known.get(name) ?? ''),
  });
}

function sentence(
  typed: string,
  { system, meaning, ours }: Pick<Habit, 'system' | 'meaning' | 'ours'>,
): string {
  const what = /^(?:nothing|see|leave it out)\b/.test(ours) ? ours : `type ${ours}`;
  return `${typed}: ${what} (in ${system}: ${meaning})`;
}

/** The port, and the address, in the examples. */
const exampleNumber = '3000';
const exampleAddress = '10.0.0.5';
