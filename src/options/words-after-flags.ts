import type { GivenFlags } from './given-flags.ts';
import { secondsIn } from './seconds.ts';

/** Whether the first word is the interval of -c, as in other netstats: no expression begins with a number. */
export function isInterval(flags: GivenFlags): boolean {
  const [first = ''] = flags.words;
  return flags.has('continuous') && !flags.has('interval') && !Number.isNaN(secondsIn(first));
}

/** The words of the expression, or the names. Those without text come from empty variables of scripts. */
export function expressionIn(flags: GivenFlags): readonly string[] {
  return givenWords(flags).filter((word) => word.trim() !== '');
}

/** Whether there are such words, but none with text. */
export function isEmptyExpression(flags: GivenFlags): boolean {
  return givenWords(flags).length > 0 && expressionIn(flags).length === 0;
}

function givenWords(flags: GivenFlags): readonly string[] {
  return isInterval(flags) ? flags.words.slice(1) : flags.words;
}
