import type { Vocabulary } from '../vocabulary.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { powershellCompletion } from './powershell.ts';
import type { Shell } from './shells.ts';
import { zshCompletion } from './zsh.ts';

const scripts: Readonly<Record<Shell, (vocabulary: Vocabulary) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
  powershell: powershellCompletion,
};

/** A script that completes tsnetstat's flags and their values in a shell. */
export function completionScript(shell: Shell, vocabulary: Vocabulary): string {
  return scripts[shell](vocabulary);
}
