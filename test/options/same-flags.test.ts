import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { completion } from '../../src/commands/completion.ts';
import { manual } from '../../src/commands/manual.ts';
import { allFlags } from '../../src/options/flag-table.ts';
import { spellings } from '../../src/options/flags.ts';
import { helpText } from '../../src/options/help.ts';

const page = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
const reference = page('reference.md');
const differences = page('differences.md');
const man = manual('0.0.0', '2026-01-31');

/** Every flag in a text: words that begin with one or two dashes. */
function flagsIn(text: string): Set<string> {
  return new Set(text.match(/(?<![\w,=[|/.-])--?[a-zA-Z0-9][\w-]*/g) ?? []);
}

/** The flags that a completion script offers, by the way each shell writes them down. */
const offeredBy = {
  bash: (script: string) => {
    const [, words = ''] = /--\*\|-\) _tsnetstat_reply '([^']*)'/.exec(script) ?? [];
    return words.split(' ');
  },
  zsh: (script: string) => {
    const [, specs = ''] = /_arguments -s -S \\\n(.*?)\n +'\*:expression/s.exec(script) ?? [];
    return specs
      .split('\n')
      .flatMap((line) => line.replace(/'\[.*/, '').match(/(?<=[{,' ])--?[a-z0-9][\w-]*/gi) ?? []);
  },
  fish: (script: string) =>
    [...script.matchAll(/^complete -c tsnetstat ((?:-[ls] \S+ )+)-d/gm)].flatMap(([, names = '']) =>
      [...names.matchAll(/-([ls]) (\S+)/g)].map(([, kind, name]) =>
        kind === 'l' ? `--${name}` : `-${name}`,
      ),
    ),
} as const;

const flags = allFlags;
const working = flags.filter(({ refusal }) => refusal === undefined).flatMap(spellings);
const refused = flags.filter(({ refusal }) => refusal !== undefined).flatMap(spellings);
const sources: readonly (readonly [string, ReadonlySet<string>])[] = [
  ['the help', flagsIn(helpText())],
  ['the manual page', flagsIn(man.replaceAll('\\-', '-').replace(/\\f[BIR]|\\%/g, ' '))],
  ['docs/reference.md', flagsIn(reference)],
  ...(Object.keys(offeredBy) as (keyof typeof offeredBy)[]).map(
    (shell) => [`${shell}'s completions`, new Set(offeredBy[shell](completion(shell)))] as const,
  ),
];

describe.each(sources)('%s', (_, named) => {
  test.each(working)('names %s', (name) => {
    expect([...named]).toContain(name);
  });
});

test.each(sources.slice(0, 1).concat(sources.slice(3)))(
  '%s offers nothing that is refused, or unknown',
  (_, named) => {
    const known = new Set(working);
    const others = [...named].filter(
      (name) => !known.has(name) && !isBundle(name) && name !== '-KEY',
    );
    expect(others).toEqual([]);
  },
);

test.each([
  ['the manual page', sources[1]?.[1] ?? new Set<string>()],
  ['docs/differences.md', flagsIn(differences)],
] as const)('%s describes what became of every removed flag', (_, named) => {
  expect(refused.filter((name) => !named.has(name))).toEqual([]);
});

/** `-tulpn`, as examples have it. */
function isBundle(name: string): boolean {
  const letters = name.slice(1);
  return (
    /^-[a-zA-Z0-9]{2,}$/.test(name) && [...letters].every((one) => working.includes(`-${one}`))
  );
}
