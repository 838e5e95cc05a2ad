import type { ReportKind } from '../../model/report/snapshot.ts';
import { expandLongOptions } from '../expand.ts';
import { shownFlags } from '../flag-table.ts';
import { type Flag, mayBeValue, spellings } from '../flags.ts';
import { isNameless } from '../foreign.ts';
import { reports } from './report-flags.ts';

/** The syntactic role of the word at the cursor. */
export type WordRole = {
  readonly report: ReportKind;
  /** The flags given so far, by long name, with their values: `''` of those without one. */
  readonly given: ReadonlyMap<string, string>;
} & (
  | { readonly kind: 'flag' }
  /** A flag's value, which begins at offset `at` of the word. */
  | { readonly kind: 'value'; readonly flag: Flag; readonly at: number }
  /** A word of the expression; `words` are the words before it. */
  | { readonly kind: 'expression'; readonly words: readonly string[] }
);

function flagCalled(name: string): Flag | undefined {
  return shownFlags.find((flag) => spellings(flag).includes(name));
}

/** Whether a word after a flag is its value. */
function isValue({ long, value, optionalValue }: Flag, word: string): boolean {
  if (isNameless(`--${long}`, word)) return false;
  return optionalValue !== true || (value !== undefined && mayBeValue(value, word));
}

/** Whether an incomplete word may become a flag's value: the hyphen of a check's name comes later. */
function mayBegin(flag: Flag, word: string): boolean {
  return isValue(flag, word) || (flag.value?.isHyphenated === true && /^[a-z]*$/i.test(word));
}

/** The flag in a bundle of letters that takes a value, and the offset at which the value begins. */
function takingLetter(bundle: string): { flag: Flag | undefined; valueAt: number } {
  for (let valueAt = 2; valueAt <= bundle.length; valueAt++) {
    const flag = flagCalled(`-${bundle[valueAt - 1]}`);
    if (flag?.value !== undefined) return { flag, valueAt };
  }
  return { flag: undefined, valueAt: bundle.length };
}

/** `-I NAME` is `-i NAME` on other systems, and is accepted. */
const foreign: Readonly<Record<string, ReportKind>> = { I: 'interfaces' };

/**
 * The role of the word `current`, given the words before it (without the program's name).
 * @throws NetstatError `usage` if one of them is ambiguous
 */
export function wordRole(before: readonly string[], current: string): WordRole {
  const given = new Map<string, string>();
  const expression: string[] = [];
  let report: ReportKind = 'sockets';
  let pending: Flag | undefined;
  let ended = false;
  for (const word of expandLongOptions(before, shownFlags)) {
    const waiting = pending;
    pending = undefined;
    if (waiting !== undefined && isValue(waiting, word)) {
      given.set(waiting.long ?? '', word);
    } else if (ended || !/^-./.test(word)) {
      expression.push(word);
    } else if (word === '--') {
      ended = true;
    } else if (word.startsWith('--')) {
      const [name = '', ...value] = word.split('=');
      const flag = flagCalled(name);
      if (value.length > 0) given.set(flag?.long ?? '', value.join('='));
      else if (flag?.value !== undefined) {
        pending = flag;
        if (flag.optionalValue === true) given.set(flag.long ?? '', '');
      } else if (flag !== undefined) given.set(flag.long ?? '', '');
      report = reports.find(({ long }) => long === flag?.long)?.report ?? report;
    } else {
      const { flag, valueAt } = takingLetter(word);
      if (valueAt === word.length) pending = flag;
      for (const letter of word.slice(1, valueAt)) {
        report = reports.find(({ short }) => short === letter)?.report ?? foreign[letter] ?? report;
      }
    }
  }
  const context = { report, given };
  if (pending !== undefined && mayBegin(pending, current)) {
    const { completes, choices } = pending.value ?? {};
    if (pending.optionalValue !== true || completes !== undefined || choices !== undefined) {
      return { ...context, kind: 'value', flag: pending, at: 0 };
    }
  }
  if (ended || !current.startsWith('-'))
    return { ...context, kind: 'expression', words: expression };
  if (!current.startsWith('--')) {
    const { flag, valueAt: at } = takingLetter(current);
    if (flag === undefined || at === current.length) return { ...context, kind: 'flag' };
    return { ...context, kind: 'value', flag, at };
  }
  const [name = ''] = current.split('=', 1);
  if (name.length === current.length) return { ...context, kind: 'flag' };
  const flag = flagCalled(expandLongOptions([name], shownFlags)[0] ?? '');
  if (flag?.value === undefined) return { ...context, kind: 'flag' };
  return { ...context, kind: 'value', flag, at: name.length + 1 };
}
