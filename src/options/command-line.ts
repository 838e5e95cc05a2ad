import type { GivenFlags } from './given-flags.ts';
import { type Task, taskOf } from './index.ts';
import { parseWords } from './parse-flags.ts';
import { ownWords, plainFlags } from './plain-flags.ts';

/**
 * Parses a command line (without the program's name). `platform` is Node's name for the system, on which the
 * meaning of some letters depends; `own`: the user's own default options, if any.
 * @throws NetstatError `usage`
 */
export function taskFrom(
  argv: readonly string[],
  platform = 'linux',
  own: GivenFlags | null = null,
): Task {
  const words = ownWords(argv, platform);
  return taskOf(plainFlags(words) ?? parseWords(words), own);
}
