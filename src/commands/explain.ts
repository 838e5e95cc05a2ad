import { explain } from '../explain/explain.ts';
import { areChecks } from '../pipeline/diagnosis/checks-asked.ts';

/**
 * The answer to --explain. Checks are described in the manual, and by what they find.
 * @throws NetstatError `usage` for a name that means nothing
 */
export function explained(words: readonly string[]): string {
  return explain(words, (name) =>
    areChecks(name)
      ? `--diagnose ${name} runs this check, and \`man tsnetstat\` describes it`
      : null,
  );
}
