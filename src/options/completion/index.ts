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
 * A script that completes tsnetstat's flags and their values in a shell.
 * @throws NetstatError `usage` for an unsupported shell
 */
export function completionScript(shell: string, vocabulary: Vocabulary): string {
  const script = Object.hasOwn(scripts, shell) ? scripts[shell as Shell] : undefined;
  if (script === undefined) {
    throw usageError(`--completion ${shell}: not one of ${shells.join(', ')}`);
  }
  return script(vocabulary);
}
