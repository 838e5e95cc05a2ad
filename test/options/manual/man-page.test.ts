import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { manual } from '../../../src/commands/manual.ts';
import { vocabulary } from '../../../src/commands/vocabulary.ts';
import { statesSpelled } from '../../../src/model/socket/state.ts';
import { allFlags } from '../../../src/options/flag-table.ts';
import { fields } from '../../../src/select/fields.ts';
import { reasonToSkip } from '../../support/requirements.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder('tsnetstat-man-');
const file = join(folder, 'tsnetstat.1');
const page = manual('1.2.3', '2026-01-31');
writeFileSync(file, page);

const platforms = ['linux', 'darwin'] as const;
const withoutGroff = reasonToSkip({ platforms, programs: ['groff'] });
const withoutMandoc = reasonToSkip({ platforms, programs: ['mandoc'] });

function rendered(): string {
  const text = execFileSync('groff', ['-man', '-Tascii', '-P-cbou', '-rLL=100n', file]);
  return text.toString();
}

test('it has the sections that a manual page has, in their order', () => {
  const titles = [...page.matchAll(/^\.SH (.*)$/gm)].map(([, title]) => title);
  expect(titles).toEqual([
    'NAME',
    'SYNOPSIS',
    'DESCRIPTION',
    'OPTIONS',
    'EXIT STATUS',
    'EXPRESSIONS',
    'STATES',
    'COLUMNS',
    'CHECKS',
    'FILES',
    'ENVIRONMENT',
    'EXAMPLES',
    'DIFFERENCES',
    'SEE ALSO',
  ]);
});

test("it names every environment variable of the program's own", () => {
  const section = page.slice(page.indexOf('.SH ENVIRONMENT'), page.indexOf('.SH EXAMPLES'));
  const folder = fileURLToPath(new URL('../../../src', import.meta.url));
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap(
      (file) => readFileSync(join(folder, file), 'utf8').match(/\bTSNETSTAT_[A-Z_]+/g) ?? [],
    );
  expect(names).toContain('TSNETSTAT_OPTIONS');
  expect([...new Set(names)].filter((name) => !section.includes(name))).toEqual([]);
});

test('it is plain ASCII, so that no locale spoils it', () => {
  expect(page).toMatch(/^[\n\x20-\x7e]*$/);
});

test('it describes each column of a report once, and those of every report once', () => {
  const described = page.slice(page.indexOf('.SH COLUMNS'), page.indexOf('.SH CHECKS'));
  const items = (key: string) =>
    [...described.matchAll(/^\.TP\n\\fB\\%(\w+)/gm)].filter(([, name]) => name === key).length;
  for (const key of ['netns', 'host', 'taken', 'recvq', 'rxbytes']) expect(items(key)).toBe(1);
  expect(items('refcount')).toBe(3);
});

test('what an option describes as a field of expressions is one', () => {
  const said = allFlags.flatMap(({ details = '' }) => {
    const [, names = ''] = /ields? of expressions:? ((?:`\w+`(?:, )?)+)/.exec(details) ?? [];
    return [...names.matchAll(/\w+/g)].map(([name]) => name);
  });
  expect(said).toEqual(expect.arrayContaining(['peer', 'workload', 'netns', 'host']));
  expect(said.filter((name) => !(fields as readonly string[]).includes(name))).toEqual([]);
});

test('a value that a summary begins with stays as it is typed', () => {
  expect(page).toMatch(/\nauto \(on a terminal\), always, never\./);
  expect(page).toMatch(/\nnetstat table json ndjson csv/);
});

test.each([
  ['states', [...vocabulary.states, ...Object.keys(vocabulary.stateGroups)]],
  ['columns', Object.values(vocabulary.columns).flat()],
  ['sort keys', Object.values(vocabulary.sortKeys).flat()],
])('it names all %s', (_, names) => {
  expect(names.length).toBeGreaterThan(20);
  for (const name of names) expect(page).toContain(`\\fB\\%${name.replaceAll('-', '\\-')}\\fR`);
});

describe.skipIf(withoutGroff !== null)(`groff (${withoutGroff ?? 'is here'})`, () => {
  test('renders it without a warning', () => {
    const { stderr, status } = spawnSync('groff', ['-man', '-Tutf8', '-ww', file]);
    expect(stderr.toString()).toBe('');
    expect(status).toBe(0);
  });

  test.each([60, 80, 120])('keeps commands of checks on one line, %i columns wide', (width) => {
    const options = ['-man', '-Tascii', '-P-cbou', '-ww', `-rLL=${width}n`];
    const { stdout, stderr } = spawnSync('groff', [...options, file], { encoding: 'utf8' });
    expect(stderr).toBe('');
    const section = stdout.slice(stdout.indexOf('\nCHECKS\n'), stdout.indexOf('\nFILES\n'));
    const texts = vocabulary.checks.flatMap(({ parts }) => parts.map(([, said]) => said));
    const codes = texts.flatMap((text) => text.split('`').filter((_, at) => at % 2 === 1));
    const short = codes.filter((code) => code.includes(' ') && code.length <= 40);
    expect(short).toContain('tsnetstat -tn state syn-recv');
    for (const code of short) expect(section).toContain(code);
    expect(section.split('\n').filter((line) => line.length > width)).toEqual([]);
  });

  test('shows flags, values and expressions as they are typed', () => {
    const text = rendered();
    expect(text).toMatch(/^ +-A, --protocol FAMILY$/m);
    expect(text).toMatch(/^ +--explain \[WORD\]$/m);
    expect(text).toContain("tsnetstat -tanp '( dport = :443 and not dst 10.0.0.0/8 )'");
    expect(text).toContain('tsnetstat -tlnq --port 8080 && echo taken');
  });
});

describe.skipIf(withoutMandoc !== null)(`mandoc (${withoutMandoc ?? 'is here'})`, () => {
  test('finds nothing wrong with it', () => {
    const { stdout, status } = spawnSync('mandoc', ['-Tlint', '-Wwarning', file]);
    expect(stdout.toString()).toBe('');
    expect(status).toBe(0);
  });
});

test('it gives other tools’ spellings of states, and each is one', () => {
  const [, spellings = ''] = /spellings of them (.*?\)):/.exec(page) ?? [];
  const words = [...spellings.matchAll(/\\fB(?:\\%)?([A-Z_]+)/g)].map(([, word]) => word as string);
  expect(words).toContain('ESTAB');
  for (const word of words) expect(statesSpelled(word).size, word).toBeGreaterThan(0);
});
