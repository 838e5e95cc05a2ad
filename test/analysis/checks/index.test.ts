import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { checks, commonFacts, layoutOf } from '../../../src/analysis/checks/index.ts';
import { mayBeValue } from '../../../src/options/flags.ts';

const page = join(import.meta.dirname, '../../../docs/diagnose.md');
const folder = join(import.meta.dirname, '../../../src/analysis/checks');

/** The source of a check, and of what it shares with others. */
function sourceOf(name: string): string {
  const own = readFileSync(join(folder, `${name}.ts`), 'utf8');
  const shared = [...own.matchAll(/from '\.\/(.+\.ts)'/g)].map(([, file = '']) =>
    readFileSync(join(folder, file), 'utf8'),
  );
  return [own, ...shared].join('\n');
}

/** The checks as docs/diagnose.md tells of them. */
function sectionsOfChecks(): string {
  const sections = checks.map((check) => {
    const { intro, parts, thresholds } = layoutOf(check);
    const lines = [
      ...parts.map(([label, text]) => `- **${label}**: ${text}`),
      ...thresholds.map(({ term, meaning }) => `- ${term}: ${meaning}`),
    ];
    return `### ${check.name}\n\n${intro}\n\n${lines.join('\n')}\n`;
  });
  return `\n${sections.join('\n')}\n`;
}

/** Their names and what they find, in columns as wide as their widest cells. */
function tableOfChecks(): string {
  const rows = [
    ['check', 'finds'],
    ...checks.map(({ name, summary }) => [`[${name}](#${name})`, summary]),
  ];
  const widths = [0, 1].map((at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const [head = [], ...rest] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rest.map(line)].join('\n');
}

it('docs/diagnose.md describes every check and its settings; `vitest -u` writes it there', async () => {
  const text = readFileSync(page, 'utf8');
  const marks = /(<!-- checks -->\n).*?(<!-- end of checks -->)/s;
  expect(text).toMatch(marks);
  await expect(
    text.replace(
      marks,
      (_, begin, end) => `${begin}\n${tableOfChecks()}\n${sectionsOfChecks()}${end}`,
    ),
  ).toMatchFileSnapshot(page);
});

it('docs/diagnose.md says what is true of several checks', () => {
  const text = readFileSync(page, 'utf8').replaceAll('\n', ' ');
  expect(text).toContain(Object.values(commonFacts).join(' '));
});

describe.each(checks.map((check) => [check.name, check] as const))('%s', (name, check) => {
  test('is distinguished from an expression by its name', () => {
    expect(name).toMatch(/^[a-z]+(-[a-z0-9]+)+$/);
    expect(mayBeValue({ name: 'CHECK', isHyphenated: true }, name)).toBe(true);
  });

  test('has a summary without a full stop, and all else in whole sentences', () => {
    const { intro, parts } = layoutOf(check);
    expect(check.summary).toMatch(/^\S.*[^.]$/);
    for (const text of [intro, ...parts.map(([, said]) => said)]) {
      expect(text).toMatch(/^[A-Za-z0-9`/].*\.$/);
      expect(text).toMatch(/^[\x20-\x7e]+$/);
    }
  });

  test('says what is found, worst first, and last what to do', () => {
    const labels = layoutOf(check).parts.map(([label]) => label);
    expect(labels.join()).toMatch(/^(Critical,)*(Warning,)*(Note,)*(Silent,)?To do$/);
    expect(labels.length).toBeGreaterThan(1);
    const severities = new Set(check.text.found.map(([severity]) => severity));
    const source = sourceOf(name);
    for (const severity of severities) expect(source).toContain(`'${severity}'`);
  });

  test('names each of its thresholds', () => {
    const texts = layoutOf(check).parts.map(([, said]) => said);
    for (const threshold of Object.keys(check.thresholds)) {
      expect(texts.join(' ')).toContain(`\`${threshold}\``);
      expect(threshold).toMatch(/^[a-z]+$/);
    }
  });

  test('says where it compares two readings, and what it counts by', () => {
    const source = readFileSync(join(folder, `${name}.ts`), 'utf8');
    const { parts, common } = layoutOf(check);
    const said = parts.map(([, text]) => text).join(' ');
    if (/\b(?:both|two) readings\b/.test(said)) expect(common).toContain(commonFacts.readings);
    expect(common.includes(commonFacts.processes)).toBe(/\bbyResponsible\(/.test(source));
    if (common.includes(commonFacts.servers))
      expect(source).toMatch(/\bby(?:Server|Workers)\)?\(?/);
  });

  test('uses each of the system facts that are read for it', () => {
    const source = sourceOf(name);
    for (const fact of [...(check.needs.facts ?? []), ...(check.needs.usefulFacts ?? [])]) {
      const uses = source.match(new RegExp(`\\b${fact}\\b(?!')`, 'g')) ?? [];
      expect(uses, fact).not.toEqual([]);
    }
  });

  test('finds nothing where there is nothing', () => {
    const nothing = {
      sockets: [],
      groups: new Map(),
      counters: [],
      system: { values: {}, missing: {} },
    };
    const settings = Object.fromEntries(
      Object.entries(check.thresholds).map(([key, { value }]) => [key, value]),
    );
    const evidence = {
      ...nothing,
      platform: 'linux',
      before: nothing,
      seconds: 1,
      routes: [],
      interfaces: [],
      ...{ service: null, protocols: check.needs.protocols, onlyIn: null },
      ...{ isFiltered: false, running: new Map() },
    } as const;
    if ((check.needs.facts ?? []).length === 0) expect(check.find(evidence, settings)).toEqual([]);
  });
});

test('no two checks have one name', () => {
  expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length);
});
