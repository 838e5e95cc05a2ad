import { didYouMean, nearNames } from '../text/near-names.ts';
import { masked } from '../text/sanitize.ts';
import { shortened } from '../text/shortened.ts';

export { nearNames };

/** Why a word is invalid: what was expected instead. */
export interface Problem {
  readonly expected: string;
}

/** Whether a result is a problem. */
export function isProblem(value: object | Problem): value is Problem {
  return 'expected' in value;
}

/** The beginning of `text` in quotes and on one line, for a message. */
export function quoted(text: string): string {
  return `'${masked(shortened(text))}'`;
}

/** `; did you mean a or b?`, to append to a message; empty if there are no names. */
export function orDidYouMean(names: Iterable<string | undefined>): string {
  const question = didYouMean([...new Set(names)].filter((name) => name !== undefined));
  return question === '' ? '' : `; ${question}`;
}
