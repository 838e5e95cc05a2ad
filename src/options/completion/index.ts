import { usageError } from '../usage.ts';
import type { Vocabulary } from '../vocabulary.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { zshCompletion } from './zsh.ts';

const shells: Readonly<Record<string, (vocabulary: Vocabulary) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/**
 * A script that teaches a shell to complete tsnetstat's flags and their values.
 * @throws NetstatError `usage` for a shell that there is none for
 */
export function completionScript(shell: string, vocabulary: Vocabulary): string {
  const script = Object.hasOwn(shells, shell) ? shells[shell] : undefined;
  if (script === undefined) {
    throw usageError(`--completion ${shell}: not one of ${Object.keys(shells).join(', ')}`);
  }
  return script(vocabulary);
}
