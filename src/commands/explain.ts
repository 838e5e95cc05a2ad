import { type Check, checks, layoutOf } from '../analysis/checks/index.ts';
import { explain } from '../explain/explain.ts';
import { platformTitles } from '../model/report/facts.ts';
import { checkCalled } from '../pipeline/diagnosis/checks-asked.ts';

/**
 * The answer to --explain, on a system of Node's name `platform`.
 * @throws NetstatError `usage` for a name that means nothing
 */
export function explained(words: readonly string[], platform: string): string {
  const text = explain(words, {
    names: checks.map(({ name }) => name),
    called(word) {
      const check = checkCalled(word);
      return check === undefined ? null : explanationOf(check);
    },
  });
  return text + originOf(text, platform);
}

function explanationOf(check: Check) {
  const { intro, common, parts, thresholds } = layoutOf(check);
  const set = thresholds.map(
    ({ term, meaning }, at) => [at === 0 ? 'Thresholds' : '', `${term}: ${meaning}.`] as const,
  );
  return {
    heading: `${check.name} (check of --diagnose)`,
    text: [intro, ...common].join(' '),
    parts: [...parts, ...set],
  };
}

/** Which system the details are of that a text mentions, if it is another one. */
function originOf(text: string, platform: string): string {
  if (platform !== 'darwin' && platform !== 'win32') return '';
  if (!/\bnet\.(?:core|ipv[46])\b|\(-s\)/.test(text)) return '';
  return `\nSettings (net.…), counters (-s) and times are those of Linux; ${platformTitles[platform]} has others.\n`;
}
