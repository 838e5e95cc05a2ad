import { shellWord } from '../../model/shell-word.ts';

/** A remedy whose commands of this program have these flags: they look where the finding was made. */
export function remedyWith(flags: readonly string[], remedy: string): string {
  const words = flags.map((flag) => `${shellWord(flag)} `).join('');
  return remedy.replaceAll('`tsnetstat ', (program) => program + words);
}
