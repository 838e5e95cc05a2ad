import { remoteNameProblem } from '../model/request/remote-name.ts';
import { shellWord } from '../model/shell-word.ts';
import { expandLongOptions } from './expand.ts';
import { allFlags } from './flag-table.ts';
import { spellings } from './flags.ts';
import { type FlagName, nameOf } from './given-flags.ts';

/** Whether a word is a value of a flag that takes a list. */
export type IsValueOf = (flag: FlagName, word: string) => boolean;

/**
 * The answer to values of a list that stand apart, `--columns src dst`, of which only the first is the flag's; null:
 * `words`, which are no filter, are nothing of that kind.
 */
export function answerToValuesApart(
  words: readonly string[],
  argv: readonly string[],
  isValueOf: IsValueOf,
): string | null {
  for (const [at, name] of expandLongOptions(argv, allFlags).entries()) {
    if (name === '--') return null;
    const flag = allFlags.find((one) => one.value?.list && spellings(one).includes(name));
    const [first, ...others] = argv.slice(at + 1, at + 2 + words.length);
    if (flag === undefined || first === undefined || others.length === 0) continue;
    if (others.join(' ') !== words.join(' ')) continue;
    // `src,dst, state`: what follows the last comma is the next word.
    const all = [...first.split(',').filter((word) => word !== ''), ...words];
    if (!all.every((word) => isValueOf(nameOf(flag), word))) continue;
    return `${name} ${first} ${words.join(' ')}: separate several by commas: ${name} ${shellWord(all.join(','))}`;
  }
  return null;
}

/** How a word behind the machine of `--on`, which may be another one, is typed; null: it is none. */
export function machineApart(word: string, argv: readonly string[]): string | null {
  const at = argv.indexOf(word);
  const [flag, first = ''] = argv.slice(Math.max(0, at - 2), at);
  if (flag !== '--on' || remoteNameProblem(word) !== null) return null;
  return `for another machine --on ${first},${word}`;
}

/** The answer to an expression of --ignore that is not one argument; null: it is one. */
export function answerToIgnoredApart(argv: readonly string[]): string | null {
  const at = argv.indexOf('--ignore');
  const behind = at < 0 ? [] : argv.slice(at + 1);
  const end = behind.findIndex((word) => /^-./.test(word));
  const words = end < 0 ? behind : behind.slice(0, end);
  const text = words.join(' ');
  if (words.length < 2 || text.includes("'")) return null;
  return `--ignore: give the expression as one argument: --ignore ${shellWord(text)}`;
}
