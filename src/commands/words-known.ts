import { attributeNamed } from '../attributes/index.ts';
import { isNetstatError } from '../errors.ts';
import { allReports } from '../model/report/snapshot.ts';
import type { FlagName } from '../options/given-flags.ts';
import { parse } from '../select/expression/parse.ts';
import { isProblem } from '../select/problem.ts';
import { parseStates } from '../select/states.ts';

export { beginsCondition } from '../select/expression/words.ts';

const isAttribute = (word: string) => allReports.some((report) => attributeNamed(report, word));

/** Whether a text is an expression by its grammar, whatever its values may be. */
export function isExpression(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch (error) {
    if (!isNetstatError(error)) throw error;
    return false;
  }
}

/** Whether a word is a value of a flag with a list, if that can be told without asking the system. */
export function isValueOf(flag: FlagName, word: string): boolean {
  switch (flag) {
    case 'columns':
      return isAttribute(word);
    case 'sort':
      return isAttribute(word.replace(/^-/, ''));
    case 'state':
      return !isProblem(parseStates(word));
    case 'port':
      return /^\d+(?:-\d+)?$/.test(word);
    case 'pid':
      return /^\d+$/.test(word);
    default:
      return false;
  }
}
