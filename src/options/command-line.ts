import type { GivenFlags } from './given-flags.ts';
import { type Task, taskOf } from './index.ts';
import { parseWords } from './parse-flags.ts';
import { ownWords, plainFlags } from './plain-flags.ts';

/**
 * Reads a command line (without the program's name). `platform` is Node's word for the system, on which
 * depends what some letters mean; `own`: what is always wanted, if anything.
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
