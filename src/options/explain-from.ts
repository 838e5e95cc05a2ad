import type { GivenFlags } from './given-flags.ts';
import { refuse, refusedBy } from './refusals.ts';

/**
 * The words to explain, wherever they are on the command line; empty: all states. `given`: without the user's own
 * default options.
 * @throws NetstatError `usage`
 */
export function explainedWords(given: GivenFlags): readonly string[] {
  refuse(given, '--explain', refusedBy.explain);
  return [...given.values('explain'), ...given.words.flatMap((word) => word.split(','))];
}
