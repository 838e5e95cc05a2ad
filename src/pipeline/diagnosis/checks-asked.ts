import { type Check, checks, defaultSettings } from '../../analysis/checks/index.ts';
import { NetstatError } from '../../errors.ts';
import type { DiagnoseRequest } from '../../model/report/diagnosis.ts';
import { fixedWord } from '../../text/fixed-word.ts';
import { didYouMean, nearNames } from '../../text/near-names.ts';

/** A check to run, and its settings. */
export interface AskedCheck {
  readonly check: Check;
  readonly settings: Readonly<Record<string, number>>;
  /** Whether it was asked for by name. */
  readonly isNamed: boolean;
}

/** The word that stands for all checks. */
export const everyCheck = 'all-checks';

/**
 * The checks that are asked for, in the order of their list. Each word is a check's name, or `all-checks`, with its
 * settings after colons: `close-wait:count=50:many=500`.
 * @throws NetstatError `usage` for an unknown check or threshold, or a value that is not a number
 */
export function checksAsked({
  checks: words,
  ignore,
}: Pick<DiagnoseRequest, 'checks' | 'ignore'>): readonly AskedCheck[] {
  const named = new Map<Check, Readonly<Record<string, number>>>();
  let all = words.length === 0;
  for (const word of words) {
    if (word === everyCheck) all = true;
    else {
      const [check, settings] = settingsIn(word);
      named.set(check, { ...named.get(check), ...settings });
    }
  }
  const ignored = new Set(ignore.map((word) => checkNamed('--ignore', word)));
  return checks
    .filter((check) => (all || named.has(check)) && !ignored.has(check))
    .map((check) => ({
      check,
      settings: { ...defaultSettings(check), ...named.get(check) },
      isNamed: named.has(check),
    }));
}

function settingsIn(word: string): readonly [Check, Readonly<Record<string, number>>] {
  const [name = '', ...settings] = word.split(':');
  const check = checkNamed('--diagnose', name);
  const names = Object.keys(check.thresholds);
  const set: Record<string, number> = {};
  for (const setting of settings) {
    const [, key, value] = /^([^=]*)=(\d{1,12}(?:\.\d{1,6})?)$/.exec(setting) ?? [];
    if (key === undefined || value === undefined || !names.includes(key)) {
      const form = names.map((one) => `${one}=${check.thresholds[one]?.value}`).join(':');
      throw mistake(
        `--diagnose ${word}: ${JSON.stringify(setting)}: ${names.length === 0 ? `${name} has nothing to set` : `expected NAME=NUMBER, not below 0, as in ${name}:${form}`}`,
      );
    }
    set[key] = Number(value);
  }
  return [check, set];
}

/** The check with this name, as people may type it. */
function checkOf(name: string): Check | undefined {
  const meant = fixedWord(name);
  return checks.find((check) => check.name === meant);
}

function checkNamed(flag: string, name: string): Check {
  const found = checkOf(name);
  if (found === undefined) throw noSuchCheck(flag, name);
  return found;
}

function noSuchCheck(flag: string, name: string, elseHint = ''): NetstatError {
  const names = checks.map((check) => check.name);
  const near = didYouMean(nearNames(name, names));
  const all = `there are ${names.join(', ')}`;
  return mistake(
    `${flag} ${name}: no such check${near === '' ? `${elseHint}; ${all}` : ` (${near})`}`,
    flag === '--ignore' ? 'ignore' : 'checks',
  );
}

/** The check that a word names, maybe with settings: `close-wait:count=50`. */
export function checkCalled(word: string): Check | undefined {
  return checkOf(word.replace(/:.*$/s, ''));
}

/** Whether a word is nothing but names of checks, maybe with settings: `close-wait,syn-flood`. */
export function areChecks(word: string): boolean {
  return partsOf(word).every(({ check }) => check !== undefined);
}

function partsOf(word: string) {
  return word.split(',').map((part) => {
    const [, name = '', settings = ''] = /^([^:]*)(.*)$/s.exec(part) ?? [];
    return { name, settings, check: checkOf(name) };
  });
}

/** The error for a stray word, which may have been meant as checks or as a service. */
export function strayWord(word: string): NetstatError {
  if (/^\d+$/.test(word)) {
    return mistake(`--diagnose: ${word}: select one service with --port ${word}`);
  }
  const parts = partsOf(word);
  const unknown = parts.find(({ check }) => check === undefined);
  if (unknown !== undefined) {
    const program = /^[a-z][\w.]*$/i.test(word)
      ? `; for a program --diagnose --program ${word}`
      : '';
    return noSuchCheck('--diagnose', unknown.name, program);
  }
  const meant = parts.map(({ check, settings }) => `${check?.name}${settings}`).join(',');
  return mistake(`${word}: a check directly follows the flag, several as a,b: --diagnose ${meant}`);
}

function mistake(message: string, path = 'checks'): NetstatError {
  return new NetstatError('usage', message, { path });
}
