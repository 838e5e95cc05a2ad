import { expect, it } from 'vitest';
import { flagTable } from '../../src/options/flag-table.js';
import { type Flag, flagGroups, spellings } from '../../src/options/flags.js';
import { helpText } from '../../src/options/help.js';

const flags: readonly Flag[] = flagTable;

it('is the golden file', async () => {
  await expect(helpText()).toMatchFileSnapshot('golden/help.txt');
});

it('has no line longer than 100 columns', () => {
  expect(
    helpText()
      .split('\n')
      .filter((line) => line.length > 100),
  ).toEqual([]);
});

it('names every flag that has a summary, and none that is only refused', () => {
  const words = new Set(helpText().match(/(?<![\w-])--?[a-z\d][\w-]*/gi));
  for (const flag of flags) {
    const name = `--${flag.long}`;
    expect([name, words.has(name)]).toEqual([name, flag.summary !== '']);
  }
});

it('has every group', () => {
  for (const title of Object.values(flagGroups)) expect(helpText()).toContain(`\n${title}:\n`);
});

it('knows no spelling twice', () => {
  const all = flags.flatMap(spellings);
  expect(all.filter((name, at) => all.indexOf(name) !== at)).toEqual([]);
});
