import { didYouMean as asked, nearNames } from '../text/near-names.ts';
import { masked } from '../text/sanitize.ts';

export { nearNames };

/** Why a word can't be followed: what was expected in its place. */
export interface Problem {
  readonly expected: string;
}

/** Tells a problem from what was asked for. */
export function isProblem(value: object | Problem): value is Problem {
  return 'expected' in value;
}

/** `text` in quotes and on one line, for a message. */
export function quoted(text: string): string {
  return `'${masked(text)}'`;
}

/** `; did you mean a or b?` after a message, or nothing. */
export function didYouMean(names: Iterable<string | undefined>): string {
  const question = asked([...new Set(names)].filter((name) => name !== undefined));
  return question === '' ? '' : `; ${question}`;
}
