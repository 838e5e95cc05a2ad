import { expect, test } from 'vitest';
import { checks } from '../../src/analysis/checks/index.ts';
import { explained } from '../../src/commands/explain.ts';

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
});

test('each threshold of a check has a line, the first beside their label', () => {
  expect(explained(['Close_Wait', 'close-wait'], 'linux')).toContain(
    "  Thresholds  'count' (20): connections of one process.\n              'many' (1000): ",
  );
});
