import { explain } from '../explain/explain.ts';
import { platformTitles } from '../model/report/facts.ts';
import { areChecks } from '../pipeline/diagnosis/checks-asked.ts';

/**
 * The answer to --explain, on a system of Node's name `platform`. Checks are described in the manual, which Windows does
 * not have, and by what they find.
 * @throws NetstatError `usage` for a name that means nothing
 */
export function explained(words: readonly string[], platform: string): string {
  const manual = platform === 'win32' ? 'tsnetstat --help checks' : 'man tsnetstat';
  const text = explain(words, (name) =>
    areChecks(name) ? `--diagnose ${name} runs this check, and \`${manual}\` describes it` : null,
  );
  return text + originOf(text, platform);
}

/** Which system the details are of that a text mentions, if it is another one. */
function originOf(text: string, platform: string): string {
  if (platform !== 'darwin' && platform !== 'win32') return '';
  if (!/\bnet\.(?:core|ipv[46])\b|\(-s\)/.test(text)) return '';
  return `\nSettings (net.…), counters (-s) and times are those of Linux; ${platformTitles[platform]} has others.\n`;
}
