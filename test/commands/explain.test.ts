import { expect, test } from 'vitest';
import { checks, layoutOf } from '../../src/analysis/checks/index.ts';
import { explained } from '../../src/commands/explain.ts';
import { plainCode } from '../../src/text/plain-code.ts';

test.each([
  ['linux', null],
  ['android', null],
  ['darwin', 'macOS'],
  ['win32', 'Windows'],
])('settings are said to be of Linux, on %s', (platform, other) => {
  const note = `\n\nSettings (net.…), counters (-s) and times are those of Linux; ${other} has others.\n`;
  const plain = explained(['time_wait'], 'linux');
  expect(explained(['time_wait'], platform)).toBe(plain + (other === null ? '' : note.slice(1)));
  expect(explained(['Foreign'], platform)).toBe(explained(['Foreign'], 'linux'));
});

test.each(checks.map(({ name }) => name))('%s is explained as the docs have it', (name) => {
  const text = explained([`${name}:count=5`], 'linux');
  const [heading, ...lines] = text.split('\n');
  expect(heading).toBe(`${name} (check of --diagnose)`);
  expect(lines.filter((line) => line.length > 78)).toEqual([]);
  expect(text).toMatch(/^ {2}(Critical|Warning|Note) +\S[\s\S]*^ {2}To do +\S/m);
  expect(text).not.toContain('`');
  const check = checks.find((one) => one.name === name) as (typeof checks)[number];
  const { intro, common, parts } = layoutOf(check);
  const flat = text.replace(/\n +/g, ' ');
  for (const fact of common) expect(flat).toContain(fact);
  // What to type stays on one line.
  const codes = [intro, ...parts.map(([, said]) => said)].join(' ').match(/`[^`]*`/g) ?? [];
  for (const code of codes) expect(text).toContain(plainCode(code));
});

test('each threshold of a check has a line, the first beside their label', () => {
  expect(explained(['Close_Wait', 'close-wait'], 'linux')).toContain(
    "  Thresholds  'count' (20): connections of one process.\n              'many' (1000): ",
  );
});
