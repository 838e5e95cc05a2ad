import { completionScript } from './options/completion/index.js';
import { vocabulary } from './vocabulary.js';

/**
 * `--completion SHELL`
 * @throws NetstatError `usage` for a shell that there is no script for
 */
export function completion(shell: string): string {
  return completionScript(shell, vocabulary);
}
