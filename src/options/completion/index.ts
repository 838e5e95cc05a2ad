import { usageError } from '../usage.ts';
import type { Vocabulary } from '../vocabulary.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { powershellCompletion } from './powershell.ts';
import { type Shell, shells } from './shells.ts';
import { zshCompletion } from './zsh.ts';

const scripts: Readonly<Record<Shell, (vocabulary: Vocabulary) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
  powershell: powershellCompletion,
};

/**
 * A script that teaches a shell to complete tsnetstat's flags and their values.
 * @throws NetstatError `usage` for a shell that there is none for
 */
export function completionScript(shell: string, vocabulary: Vocabulary): string {
  const script = Object.hasOwn(scripts, shell) ? scripts[shell as Shell] : undefined;
  if (script === undefined) {
    throw usageError(`--completion ${shell}: not one of ${shells.join(', ')}`);
  }
  return script(vocabulary);
}
