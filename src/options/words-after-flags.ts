import type { GivenFlags } from './given-flags.ts';
import { secondsIn } from './seconds.ts';

/** Whether the first word is the interval of -c, as in other netstats: no expression begins with a number. */
export function isInterval(flags: GivenFlags): boolean {
  const [first = ''] = flags.words;
  return flags.has('continuous') && !flags.has('interval') && !Number.isNaN(secondsIn(first));
}

/** The words of the expression, or the names. Those without text come from empty variables of scripts. */
export function expressionIn(flags: GivenFlags): readonly string[] {
  const words = isInterval(flags) ? flags.words.slice(1) : flags.words;
  return words.filter((word) => word.trim() !== '');
}
