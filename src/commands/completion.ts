import { completionScript } from '../options/completion/index.ts';
import { vocabulary } from './vocabulary.ts';

/**
 * `--completion SHELL`
 * @throws NetstatError `usage` for a shell that there is no script for
 */
export function completion(shell: string): string {
  return completionScript(shell, vocabulary);
}
